/*
 * What the daemon, the launcher and the monitors say to each other.
 *
 *   daemon                      launcher                     monitor (one per container or exec)      init
 *     │  LAUNCH + descriptors      │                                │                               │
 *     ├───────────────────────────►│  fork                          │                               │
 *     │   (reply socket inside)    ├───────────────────────────────►│  clone3                       │
 *     │                                                             ├──────────────────────────────►│ set up
 *     │                  STARTED, or FAILED{step, errno, detail}    │◄──────────────────────────────┤ execve
 *     │◄────────────────────────────────────────────────────────────┤   (EOF of a close-on-exec pipe)
 *     │  ATTACH, DETACH, STDIN, STDIN_CLOSE, RESIZE                  │
 *     ├────────────────────────────────────────────────────────────►│
 *     │                  STDIN_TAKEN for each STDIN                  │
 *     │◄────────────────────────────────────────────────────────────┤
 *     │                  OUTPUT{channel, bytes} once attached        │
 *     │◄────────────────────────────────────────────────────────────┤
 *     │                  EXITED{status}, after the exit record stands on disk
 *     │◄────────────────────────────────────────────────────────────┤
 *
 * The conversation after LAUNCH runs over the reply socket; a daemon that was restarted connects to `monitor.sock` in
 * the container's state directory instead, hears STARTED (or FAILED) once more and goes on with the same messages. All
 * sockets are Unix SEQPACKET: a message is one datagram, `struct shim_message` followed by its payload, in the machine's
 * own byte order.
 *
 * A monitor can be had before there is anything to run: PARK makes one whose init waits, in the cgroups of its spec, until
 * LAUNCH comes over the reply socket. That LAUNCH carries no reply socket of its own, and its spec no cgroups.
 *
 *   daemon                      launcher                     monitor                                  init
 *     │  PARK + descriptors         │  fork                          │  clone3                       │
 *     ├───────────────────────────►├───────────────────────────────►├──────────────────────────────►│ join the cgroups
 *     │                  PARKED, or FAILED                           │◄──────────────────────────────┤
 *     │◄────────────────────────────────────────────────────────────┤                               │ wait
 *     │  LAUNCH + descriptors                                        │  struct shim_handover         │
 *     ├────────────────────────────────────────────────────────────►├──────────────────────────────►│ set up
 *
 * A PARK whose spec says SHIM_EXEC makes a monitor without an init: it waits in a running container's cgroups itself, for a
 * command that is to run there, which then is in them from its birth. Where the PARK brings joins, a filter
 * (SHIM_SECCOMP) and a bounding set (SHIM_CAPABILITIES), it waits in those namespaces and with those limits, too, and the
 * LAUNCH brings them no more; the namespace of processes is its children's alone, so that nobody in the container sees it. A while after, the monitor leaves the cgroups
 * for those it came from (SHIM_HOME); the namespaces it keeps until it ends. Its LAUNCH may carry the spec itself.
 *
 * Who waits so ends when the other end of its socket is closed: the init with its monitor, the monitor with its daemon.
 *
 * The daemon sends the next STDIN only after STDIN_TAKEN for the one before, so a monitor never holds more than one.
 *
 * The state directory's descriptor carries an exclusive flock(2) that the daemon took: the lock is held as long as the
 * message is under way or its monitor lives, so whoever gets it knows that no monitor is there or will come. The monitor
 * gives it up before FAILED or EXITED, so that the next LAUNCH may follow at once. One that has mounts to let go then
 * (SHIM_KEEPS_MOUNTS) does so 10 ms later, or when the daemon shuts down its half of the connection, and gives the lock
 * up when that is done, before it closes the connection.
 *
 * What a container is made of comes as a sealed memfd, the *spec*: `struct shim_spec` followed by records, each
 * `struct shim_record` and a payload, padded to 8 bytes. Strings end with a zero byte, which `length` counts.
 */
#ifndef SHIM_PROTOCOL_H
#define SHIM_PROTOCOL_H

#include <stdint.h>

#define SHIM_PROTOCOL_VERSION 1u
#define SHIM_SPEC_MAGIC 0x43455053u /* "SPEC" */
#define SHIM_EXIT_MAGIC 0x54495845u /* "EXIT" */
/* The longest message, header included: all that a pipe holds. Each monitor keeps room for one in each direction. */
#define SHIM_MESSAGE_LIMIT (65536u + 16u)
#define SHIM_SPEC_LIMIT (16u << 20)
/* Room for the only message a launcher takes. */
#define SHIM_LAUNCH_ROOM 256u
/* The longest spec that a LAUNCH may carry itself, to a monitor that waits for an exec. */
#define SHIM_CARRIED_SPEC_LIMIT 8192u
#define SHIM_DETAIL_LENGTH 240
#define SHIM_PHASE_COUNT 10

enum shim_message_kind {
    SHIM_LAUNCH = 1,  /* struct shim_launch; descriptors: spec, reply socket, state directory if any, then the joins */
    SHIM_STARTED = 2, /* struct shim_started; descriptor: the process's pidfd */
    SHIM_FAILED = 3,
    SHIM_PARK = 4,    /* struct shim_launch; descriptors: spec (what is taken on before), reply socket, then the joins */
    SHIM_PARKED = 5,  /* struct shim_parked: the init, or the monitor, waits in its cgroups; descriptor: the monitor's pidfd */
    SHIM_ATTACH = 16,
    SHIM_STDIN = 17,
    SHIM_STDIN_CLOSE = 18,
    SHIM_RESIZE = 19,
    SHIM_DETACH = 20,
    SHIM_STDIN_TAKEN = 21,
    SHIM_OUTPUT = 32,
    SHIM_EXITED = 33,
};

struct shim_message {
    uint32_t kind;
    uint32_t length; /* of the payload, in bytes */
};

/* What a launcher finds open besides stdin, stdout and stderr: its socket and its own image, which it closes. */
#define SHIM_SOCKET_DESCRIPTOR 3
#define SHIM_IMAGE_DESCRIPTOR 4

#define SHIM_JOIN_LIMIT 8u

/* The payload of LAUNCH and PARK. */
struct shim_launch {
    uint32_t has_state;  /* 1 where the third descriptor is the state directory */
    uint32_t join_count; /* namespaces that are joined: the descriptors that follow */
    uint32_t spec_size;  /* of the spec that follows this payload, in bytes; 0 where the first descriptor is the spec */
    uint32_t reserved;
    uint64_t joins[SHIM_JOIN_LIMIT]; /* CLONE_NEW... of each, which is a pidfd or a namespace file */
};

/* The payload of PARKED. */
struct shim_parked {
    int32_t monitor; /* its process number, in the daemon's PID namespace */
    uint32_t reserved;
};

/* What a monitor passes to its waiting init; descriptors: spec, stdin, stdout and stderr or the socket that a terminal
 * travels back through, then the joins. */
struct shim_handover {
    uint32_t has_terminal;
    uint32_t reserved;
    struct shim_launch launch;
};

/* Where the time went, CLOCK_MONOTONIC nanoseconds; 0 where a phase was not passed. */
enum shim_phase {
    SHIM_PHASE_RECEIVED = 0, /* the launcher took the message */
    SHIM_PHASE_FORKED,       /* the monitor runs */
    SHIM_PHASE_CLONED,       /* init runs */
    SHIM_PHASE_NAMESPACES,
    SHIM_PHASE_ROOT,
    SHIM_PHASE_MOUNTS,
    SHIM_PHASE_PIVOT,
    SHIM_PHASE_SECURITY,
    SHIM_PHASE_EXEC,    /* just before execve */
    SHIM_PHASE_STARTED, /* the monitor knows that execve went through */
};

struct shim_started {
    int32_t pid; /* init's, in the daemon's PID namespace */
    int32_t monitor; /* the monitor's own */
    int64_t phases[SHIM_PHASE_COUNT];
};

/* The step that failed; the daemon turns it into a sentence. */
enum shim_step {
    SHIM_STEP_PROTOCOL = 1,
    SHIM_STEP_SPEC,
    SHIM_STEP_FORK,
    SHIM_STEP_STDIO,
    SHIM_STEP_LOG,
    SHIM_STEP_CGROUP,
    SHIM_STEP_CLONE,
    SHIM_STEP_NAMESPACE,
    SHIM_STEP_ROOT,
    SHIM_STEP_MOUNT,
    SHIM_STEP_DEVICE,
    SHIM_STEP_TERMINAL,
    SHIM_STEP_PIVOT,
    SHIM_STEP_MASK,
    SHIM_STEP_SYSCTL,
    SHIM_STEP_HOSTNAME,
    SHIM_STEP_RLIMIT,
    SHIM_STEP_OOM_SCORE,
    SHIM_STEP_IDENTITY,
    SHIM_STEP_CAPABILITIES,
    SHIM_STEP_WORKING_DIRECTORY,
    SHIM_STEP_SECCOMP,
    SHIM_STEP_DESCRIPTORS,
    SHIM_STEP_EXEC,
    SHIM_STEP_SCHEDULING,
};

struct shim_failed {
    uint32_t step;
    int32_t error;                   /* errno */
    char detail[SHIM_DETAIL_LENGTH]; /* the path or name it happened on; zero-terminated, perhaps cut */
};

struct shim_resize {
    uint16_t rows;
    uint16_t columns;
    uint32_t reserved;
};

enum shim_channel { SHIM_STDOUT = 1, SHIM_STDERR = 2 };

struct shim_output {
    uint32_t channel;
    uint32_t reserved; /* the bytes follow */
};

/* The exit record, `exit` in the state directory, and the payload of EXITED. */
struct shim_exit {
    uint32_t magic;
    uint32_t version;
    int32_t code;     /* exit status, or the number of the signal */
    uint32_t signaled; /* 1 where a signal ended it */
    int64_t finished; /* CLOCK_REALTIME, nanoseconds */
};

/* ---- The spec ---------------------------------------------------------------------------------------------------- */

struct shim_spec {
    uint32_t magic;
    uint32_t version;
    uint32_t length; /* of the whole spec, this header included */
    uint32_t flags;
};

enum shim_spec_flag {
    SHIM_EXEC = 1u << 0,             /* run inside the joined namespaces as they are, make none and mount nothing */
    SHIM_TERMINAL = 1u << 1,         /* stdin, stdout and stderr are one pseudo-terminal */
    SHIM_STDIN_OPEN = 1u << 2,       /* stdin is a pipe that the daemon feeds, not /dev/null */
    SHIM_READ_ONLY_ROOT = 1u << 3,
    SHIM_NO_NEW_PRIVILEGES = 1u << 4,
    SHIM_INIT = 1u << 5,             /* a reaper is process 1, the command its child (docker run --init) */
    SHIM_ATTACHED = 1u << 6,         /* output is sent from the first byte, without ATTACH */
    SHIM_KEEPS_MOUNTS = 1u << 7,     /* the monitor holds the mount namespace until EXITED is sent: a process that holds
                                        the last reference unmounts, in a few ms, before its parent hears of its end */
};

struct shim_record {
    uint16_t kind;
    uint16_t flags;
    uint32_t length; /* of the payload, in bytes, padding not counted */
};

enum shim_record_kind {
    SHIM_ARGUMENT = 1,    /* string; the first is what is executed */
    SHIM_ENVIRONMENT,     /* string "NAME=value" */
    SHIM_SEARCH_PATH,     /* string, the value of PATH that execve is tried along */
    SHIM_WORKING_DIRECTORY, /* string */
    SHIM_HOSTNAME,        /* string */
    SHIM_DOMAINNAME,      /* string */
    SHIM_NAMESPACES,      /* struct shim_namespaces */
    SHIM_OVERLAY,         /* strings: upper, work, then lowers from the top down */
    SHIM_MOUNT,           /* struct shim_mount, then strings: source, target, type, data */
    SHIM_DEVICE,          /* struct shim_device, then string: the path */
    SHIM_LINK,            /* strings: target, path */
    SHIM_MASK,            /* string */
    SHIM_READ_ONLY,       /* string */
    SHIM_SYSCTL,          /* strings: name with slashes, value */
    SHIM_RLIMIT,          /* struct shim_rlimit */
    SHIM_IDENTITY,        /* struct shim_identity, then supplementary groups as uint32_t */
    SHIM_CAPABILITIES,    /* struct shim_capabilities */
    SHIM_SECCOMP,         /* BPF instructions of 8 bytes */
    SHIM_CGROUP,          /* string: a cgroup.procs file of cgroup v1 to write to */
    SHIM_CGROUP_V2,       /* string: a cgroup v2 directory to be born in */
    SHIM_HOME,            /* string: a cgroup.procs file of cgroup v1 that a parked exec's monitor returns to */
    SHIM_OOM_SCORE,       /* int32_t oom_score_adj */
    SHIM_WINDOW,          /* struct shim_resize */
    SHIM_LOG,             /* struct shim_log, then string: the path of the log file; absent where none is kept */
    SHIM_LOG_ATTRIBUTES,  /* string: a JSON object written into each line, or empty */
};

struct shim_namespaces {
    uint64_t flags; /* CLONE_NEW... of those to make */
};

enum shim_mount_kind {
    SHIM_MOUNT_FILESYSTEM = 1, /* a new file system of `type` */
    SHIM_MOUNT_BIND = 2,       /* the source as it is */
};

enum shim_mount_option {
    SHIM_MOUNT_RECURSIVE = 1u << 0,    /* bind with all that is mounted below */
    SHIM_MOUNT_CREATE_FILE = 1u << 1,  /* the target is made as a file where it is absent, not as a directory */
    SHIM_MOUNT_OPTIONAL = 1u << 2,     /* a file system that the kernel does not have is passed over */
    SHIM_MOUNT_COPY_UP = 1u << 3,      /* tmpfs that starts with what the image has there */
    SHIM_MOUNT_READ_ONLY_DEEP = 1u << 4, /* read-only for everything mounted below, too */
};

struct shim_mount {
    uint32_t kind;
    uint32_t options;
    uint64_t attributes;  /* MOUNT_ATTR_... */
    uint64_t propagation; /* MS_PRIVATE and so on, with MS_REC for all that is mounted below; 0 leaves it */
};

struct shim_device {
    uint32_t mode; /* type and permissions, as mknod(2) takes them */
    uint32_t major;
    uint32_t minor;
    uint32_t uid;
    uint32_t gid;
    uint32_t reserved;
};

struct shim_rlimit {
    int32_t resource;
    uint32_t reserved;
    uint64_t soft;
    uint64_t hard;
};

struct shim_identity {
    uint32_t uid;
    uint32_t gid;
    uint32_t group_count;
    uint32_t umask;
};

/* One bit a capability, as in /proc/PID/status. */
struct shim_capabilities {
    uint64_t bounding;
    uint64_t permitted;
    uint64_t effective;
    uint64_t inheritable;
    uint64_t ambient;
};

struct shim_log {
    uint64_t max_size;  /* bytes after which the file is rotated; 0 for never */
    uint32_t max_files; /* files kept, the current one included */
    uint32_t mode;      /* permissions */
};

#ifdef __cplusplus
#error "this header is for C and Swift"
#endif
_Static_assert(sizeof(struct shim_message) == 8, "layout");
_Static_assert(sizeof(struct shim_parked) == 8, "layout");
_Static_assert(sizeof(struct shim_started) == 8 + 8 * SHIM_PHASE_COUNT, "layout");
_Static_assert(sizeof(struct shim_failed) == 8 + SHIM_DETAIL_LENGTH, "layout");
_Static_assert(sizeof(struct shim_resize) == 8, "layout");
_Static_assert(sizeof(struct shim_launch) == 16 + 8 * SHIM_JOIN_LIMIT, "layout");
_Static_assert(sizeof(struct shim_handover) == 8 + sizeof(struct shim_launch), "layout");
_Static_assert(sizeof(struct shim_output) == 8, "layout");
_Static_assert(sizeof(struct shim_exit) == 24, "layout");
_Static_assert(sizeof(struct shim_spec) == 16, "layout");
_Static_assert(sizeof(struct shim_record) == 8, "layout");
_Static_assert(sizeof(struct shim_mount) == 24, "layout");
_Static_assert(sizeof(struct shim_device) == 24, "layout");
_Static_assert(sizeof(struct shim_rlimit) == 24, "layout");
_Static_assert(sizeof(struct shim_identity) == 16, "layout");
_Static_assert(sizeof(struct shim_capabilities) == 40, "layout");
_Static_assert(sizeof(struct shim_log) == 16, "layout");

#endif
