// Settings of the server that make it run what is no script.

rule webshell_htaccess_picture_as_script
{
  meta:
    description = "Server settings: pictures or texts are run as PHP"
    description_ja = "サーバー設定：画像やテキストが PHP として実行されます"
    score = 75
    mitre_attack = "T1505.003"
  strings:
    $type = /^[ \t]*(AddType|AddHandler)[ \t]+[^\n#]{0,60}(x-httpd-php|php-script|php5-script)[^\n]{0,80}\.?(jpe?g|png|gif|ico|txt|bmp|htaccess)\b/ nocase
    $type_later = /\n[ \t]*(AddType|AddHandler)[ \t]+[^\n#]{0,60}(x-httpd-php|php-script|php5-script)[^\n]{0,80}\.?(jpe?g|png|gif|ico|txt|bmp|htaccess)\b/ nocase
  condition:
    filesize < 64KB and any of them
}

rule webshell_settings_prepend_picture
{
  meta:
    description = "Server settings: a picture, an upload or a stream is run before every page"
    description_ja = "サーバー設定：画像・アップロード・ストリームがすべてのページの前に実行されます"
    score = 75
    mitre_attack = "T1505.003"
  strings:
    $prepend = /auto_(prepend|append)_file[ \t]*[= \t][ \t]*["']?[^\n"']{0,120}(\.(jpe?g|png|gif|ico|txt|bmp)\b|php:\/\/|data:|\/tmp\/|https?:\/\/)/ nocase
  condition:
    filesize < 64KB and $prepend
}
