// What a page does, told by few bytes that stand close together. The analysis of the code asks the
// same with more care; these speak where it was cut short or a language is none of its own.

rule webshell_php_input_run
{
  meta:
    description = "PHP: a superglobal stands directly inside a function that runs code or commands"
    description_ja = "PHP：コードやコマンドを実行する関数に、スーパーグローバル変数が直接渡されています"
    score = 80
    mitre_attack = "T1505.003"
  strings:
    $tag = "<?"
    $run = /\b(eval|assert|system|passthru|shell_exec|popen|proc_open|pcntl_exec)\s{0,8}\(\s{0,8}@?(\w{1,24}\s{0,4}\(\s{0,4}){0,4}["']?\{?\$_(GET|POST|REQUEST|COOKIE|SERVER\s{0,2}\[\s{0,2}["']HTTP_)/ nocase
  condition:
    $tag and $run
}

rule webshell_php_input_names_function
{
  meta:
    description = "PHP: a superglobal is called as a function"
    description_ja = "PHP：スーパーグローバル変数が関数として呼び出されています"
    score = 75
    mitre_attack = "T1505.003"
  strings:
    $tag = "<?"
    $call = /\$_(GET|POST|REQUEST|COOKIE)\s{0,4}\[[^\]\n]{1,40}\]\s{0,4}\(\s{0,4}@?\$_(GET|POST|REQUEST|COOKIE)/ nocase
  condition:
    $tag and $call
}

rule webshell_php_packed_run
{
  meta:
    description = "PHP: a packed constant is unpacked and run in one expression"
    description_ja = "PHP：圧縮・符号化された定数を展開してそのまま実行します"
    score = 62
    mitre_attack = "T1505.003"
  strings:
    $tag = "<?"
    $run = /\b(eval|assert)\s{0,8}\(\s{0,8}["'?>.\s]{0,12}(gzinflate|gzuncompress|gzdecode|base64_decode|str_rot13|convert_uudecode|strrev)\s{0,8}\(\s{0,8}((gzinflate|gzuncompress|gzdecode|base64_decode|str_rot13|convert_uudecode|strrev)\s{0,8}\(\s{0,8}){0,8}["'][A-Za-z0-9+\/=\\\s]{40}/ nocase
  condition:
    $tag and $run
}

rule webshell_asp_request_run
{
  meta:
    description = "ASP: the request is handed to Eval or Execute"
    description_ja = "ASP：リクエストの内容が Eval や Execute に渡されています"
    score = 85
    mitre_attack = "T1505.003"
  strings:
    $run = /\b(eval|execute|executeglobal)\s{0,4}\(?\s{0,4}request\s{0,4}(\.\s{0,2}(item|form|querystring|cookies)\s{0,4})?[\(\[]/ nocase
    $page = "<%"
    $server = /runat\s{0,4}=\s{0,4}["']?server/ nocase
  condition:
    $run and ($page or $server)
}

rule webshell_jsp_request_run
{
  meta:
    description = "JSP: a parameter of the request is handed to Runtime.exec"
    description_ja = "JSP：リクエストのパラメーターが Runtime.exec に渡されています"
    score = 85
    mitre_attack = "T1505.003"
  strings:
    $run = /getRuntime\s{0,4}\(\s{0,4}\)\s{0,4}\.\s{0,4}exec\s{0,4}\(\s{0,4}(new\s+String\s{0,4}\[\s{0,4}\]\s{0,4}\{[^}\n]{0,80})?request\s{0,4}\.\s{0,4}getParameter/
  condition:
    $run
}

rule webshell_jsp_classes_from_request
{
  meta:
    description = "JSP: a class loader defines classes from decoded or decrypted bytes of the request"
    description_ja = "JSP：クラスローダーが、復号したリクエストのバイト列からクラスを定義します"
    score = 85
    mitre_attack = "T1505.003"
  strings:
    $page = "<%"
    $xml = ":scriptlet>"
    $loader = /extends\s+ClassLoader/
    $define = "defineClass"
    $cipher = "Cipher.getInstance"
    $base64 = "ase64"
    $request1 = "getReader()"
    $request2 = "getParameter("
    $request3 = "getInputStream()"
  condition:
    ($page or $xml) and $loader and $define and ($cipher or $base64) and any of ($request*)
}

rule webshell_aspx_assembly_from_request
{
  meta:
    description = "ASP.NET: an assembly is loaded from decrypted or decoded bytes of the request"
    description_ja = "ASP.NET：復号したリクエストのバイト列からアセンブリを読み込みます"
    score = 85
    mitre_attack = "T1505.003"
  strings:
    $page = /<%\s{0,4}@\s{0,4}(Page|WebHandler|WebService)/ nocase
    $load = /Assembly[^\n]{0,80}\.\s{0,2}Load|"Load"/
    $decode1 = "TransformFinalBlock"
    $decode2 = "FromBase64String"
    $request1 = "Request.BinaryRead"
    $request2 = /Request(\.Form|\.Params)?\s{0,2}\[/
  condition:
    $page and $load and any of ($decode*) and any of ($request*)
}
