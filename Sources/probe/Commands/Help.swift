func help(_ arguments: inout Arguments) -> Int32 {
    var output = Output()
    output.put(manual)
    output.flush()
    return 0
}

private let manual: StaticString = """
    probe: says what a container looks like from inside, and behaves as told.

    What it sees, as JSON on one line unless noted:
      identity           uid, gid, euid, egid, groups, pid, ppid, sid, pgid, hostname, cwd, argv, exe
      capabilities       effective, permitted, inheritable, bounding, ambient: {"hex", "names"}
      mounts             one line a mount: target, source, type, root, options, superOptions, propagation
      limits             {"rlimits": {"nofile": {"soft", "hard"}, ...}, "cgroup": {...}}; null is unlimited
      env                the environment, NAME=value, one a line
      environment        the environment as one object
      fds                open descriptors: {"0": "pipe:[12]", ...}
      status, seccomp    {"noNewPrivs", "seccomp", "capEff", "umask", "threads"} from /proc/self/status
      tty                {"stdin", "stdout", "stderr", "rows", "columns"}; rows and columns are null without a terminal
      tty --watch        the same, again at each SIGWINCH; TERM and INT end it with 0
      first              CLOCK_MONOTONIC in nanoseconds at the program's first instruction, a number

    What it does:
      true, exit CODE    ends at once
      print TEXT         prints the words and a newline; --stderr on stderr
      echo               copies stdin to stdout, prints "eof" at its end, exits 0
      log                prints "line 1", "line 2", ... and ends: --lines N (10), --rate R a second (0: at once),
                         --bytes B pads each line to B bytes, --stderr-every K sends each K-th line to stderr,
                         --partial leaves the last newline out, --whole heeds signals after the last line only,
                         --wait stays afterwards
      listen --port P    answers each HTTP request with 200 and its identity; --udp echoes datagrams;
                         prints "listening P" when ready
      signals            prints "ready", then each signal's name, and goes on; --exit-on NAME=CODE exits after printing,
                         --ignore NAME sets it to be ignored, --default NAME leaves it alone; each may be repeated
      sleep [SECONDS]    for good without SECONDS
      pause              waits without any handler: as process 1 it sees neither TERM nor INT
      write PATH TEXT    replaces the file's content by TEXT and a newline
      cat PATH           prints a file
      ls PATH            one line an entry: TYPE MODE UID GID SIZE NAME [-> TARGET]

    echo, log, listen and sleep end with 128 + signal on INT, TERM, QUIT and HUP, also as process 1.
    Codes: 0, 1 for what the system refused, 2 for a wrong command line.

    """
