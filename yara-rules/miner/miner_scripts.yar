// Scripts that bring a miner to a host and defend it there.

rule miner_dropper_script
{
  meta:
    description = "A script that fetches a miner, clears the way for it and keeps it running"
    description_ja = "マイナーを取得し、競合を排除して常駐させるスクリプト"
    author = "Konseki"
    score = 80
    technique = "T1496"
  strings:
    $fetch1 = /(curl|wget)[^\n]{1,200}\|\s*(ba|da)?sh/ nocase
    $fetch2 = "downloadstring" nocase
    $pages = "nr_hugepages"
    $msr = "modprobe msr"
    $kill1 = "pkill -f xmr"
    $kill2 = "kdevtmpfsi"
    $kill3 = "kinsing"
    $kill4 = "pkill -f kthreaddi"
    $lock = /chattr\s+\+[aiu]+\s+[^\n]{0,80}(cron|authorized_keys|preload)/
    $agent1 = "quartz_uninstall"
    $agent2 = "aliyun-service"
    $agent3 = "YDService"
    $stratum = "stratum+tcp://"
    $donate = "--donate-level"
  condition:
    filesize < 1MB and uint16(0) != 0x5a4d and uint32(0) != 0x464c457f and
    (
      (any of ($fetch*) and 2 of ($pages, $msr, $lock, $agent1, $agent2, $agent3, $stratum, $donate)) or
      (2 of ($kill*) and any of ($pages, $msr, $lock, $stratum, $donate, $agent1, $agent2, $agent3))
    )
}

rule miner_hider_library
{
  meta:
    description = "A library to be preloaded that hides processes from lists"
    description_ja = "プロセスを一覧から隠すプリロード用ライブラリー"
    author = "Konseki"
    score = 75
    technique = "T1574.006"
  strings:
    $filter = "process_to_filter" ascii
    $proc = "/proc/self/fd/%d" ascii
    $stat = "/proc/%s/stat" ascii
    $readdir = "readdir" ascii fullword
    $dlsym = "dlsym" ascii fullword
  condition:
    uint32(0) == 0x464c457f and filesize < 200KB and $readdir and $dlsym and
    ($filter or ($proc and $stat))
}
