// Families by the names that they give themselves.

rule webshell_family_names
{
  meta:
    description = "Two or more names of webshell families, or one beside words of the trade"
    description_ja = "webshell ファミリーの名前が含まれています"
    score = 25
    mitre_attack = "T1505.003"
  strings:
    $n1 = "c99shell" nocase
    $n2 = "r57shell" nocase
    $n3 = "b374k" nocase
    $n4 = "FilesMan"
    $n5 = "phpspy" nocase
    $n6 = "aspxspy" nocase
    $n7 = "jspspy" nocase
    $n8 = "IndoXploit" nocase
    $n9 = "Antichat" nocase
    $n10 = "weevely" nocase
    $n11 = "Mini Shell" nocase
    $n12 = "reGeorg" nocase
    $w1 = "webshell" nocase
    $w2 = "backdoor" nocase
    $w3 = "safe_mode" nocase
    $w4 = "disable_functions" nocase
    $w5 = "back connect" nocase
    $tag1 = "<?"
    $tag2 = "<%"
  condition:
    any of ($tag*) and (2 of ($n*) or (any of ($n*) and any of ($w*)))
}
