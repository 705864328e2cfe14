// Programs that mine, packed or renamed as they may be, by what they must carry to do so.

rule miner_stratum_client
{
  meta:
    description = "A program that speaks the mining protocol Stratum"
    description_ja = "マイニング用プロトコル Stratum を話すプログラム"
    author = "Konseki"
    score = 80
    technique = "T1496"
  strings:
    $scheme1 = "stratum+tcp://" ascii wide
    $scheme2 = "stratum+ssl://" ascii wide
    $scheme3 = "stratum+tls://" ascii wide
    $login = "\"method\":\"login\"" ascii
    $subscribe = "mining.subscribe" ascii
    $authorize = "mining.authorize" ascii
    $notify = "mining.notify" ascii
    $submit = "mining.submit" ascii
    $seed = "seed_hash" ascii
    $job = "job_id" ascii
  condition:
    filesize < 80MB and (uint16(0) == 0x5a4d or uint32(0) == 0x464c457f) and
    (
      (any of ($scheme*) and 2 of ($login, $subscribe, $authorize, $notify, $submit, $seed, $job)) or
      (3 of ($subscribe, $authorize, $notify, $submit) and $job)
    )
}

rule miner_randomx_cpu
{
  meta:
    description = "A CPU miner of the RandomX family, by its own words and settings"
    description_ja = "RandomX 系の CPU マイナー（固有の文言と設定）"
    author = "Konseki"
    score = 85
    technique = "T1496"
  strings:
    $a1 = "donate-level" ascii
    $a2 = "randomx" ascii nocase
    $a3 = "max-threads-hint" ascii
    $a4 = "huge-pages" ascii
    $a5 = "rig-id" ascii
    $a6 = "nicehash" ascii
    $b1 = "cn/r" ascii fullword
    $b2 = "cn-heavy" ascii
    $b3 = "rx/wow" ascii fullword
    $b4 = "argon2/chukwa" ascii
    $b5 = "cn-pico" ascii
  condition:
    filesize < 80MB and (uint16(0) == 0x5a4d or uint32(0) == 0x464c457f) and
    4 of ($a*) and 2 of ($b*)
}

rule miner_msr_driver
{
  meta:
    description = "The driver that miners bring to Windows for the processor's registers (WinRing0)"
    description_ja = "マイナーが Windows に持ち込む CPU レジスター用ドライバー (WinRing0)"
    author = "Konseki"
    score = 45
    technique = "T1543.003"
  strings:
    $device = "\\Device\\WinRing0_1_2_0" wide
    $link = "\\DosDevices\\WinRing0_1_2_0" wide
  condition:
    uint16(0) == 0x5a4d and filesize < 200KB and any of them
}
