/*
 * System calls that Swift cannot reach by itself: variadic `syscall`, calls newer than glibc's headers, macros.
 *
 * Every function is prefixed and speaks fixed-width types only, so that ordinary Swift (which imports Glibc) and
 * Embedded Swift (which imports nothing) can both use this module; no libc header is included here.
 *
 * Convention: a negative answer is `-errno`; EINTR is retried inside where a retry is harmless, as each comment says.
 */
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>

#include "CLinuxConstants.h"

/* ---- Processes (process.c) ------------------------------------------------------------------------------------ */

/* clone3(2) in fork style: no new stack. `pidfd` may be NULL; `cgroup` is a cgroup v2 directory or -1.
 * Answers 0 in the child, the child's pid in the parent. */
int32_t clinux_clone(uint64_t flags, int32_t *pidfd, int32_t cgroup);
/* clone(2) in vfork style, for a process that executes soon: it runs `body` in our memory, on a stack of its own, and we
 * wait until it has executed or ended. No page table is copied, and no page after it. Answers the child's pid. */
int32_t clinux_clone_sharing_memory(uint64_t flags, int32_t *pidfd, void *stack, void (*body)(void *), void *context);
/* A stack for that, 256 KiB and a page that nobody may touch, by its upper end; NULL where there is no room. */
void *clinux_map_stack(void);
/* vfork-like start of a program that shares nothing but these descriptors: fd i of the program is fds[i] (or closed
 * where it is -1); every other descriptor is closed. Answers the pid. `session` starts a new session. */
int32_t clinux_spawn(const char *path, char *const argv[], char *const envp[], const int32_t *fds, size_t count,
                     int32_t session);
/* fork(2) by the system call that docker's default seccomp policy allows; no handlers of the library run. */
int32_t clinux_fork(void);
int32_t clinux_execve(const char *path, char *const argv[], char *const envp[]);
int32_t clinux_execveat(int32_t directory, const char *path, char *const argv[], char *const envp[], int32_t flags);
/* Gives back the pages of code and constants, of the program and its libraries, which come from their files again when
   they are used (madvise(2)). */
int32_t clinux_release_program_text(void);
/* The same, and what was freed but is kept for the next allocation (malloc_trim(3)). */
int32_t clinux_give_back_memory(void);
/* How many heaps threads share (mallopt(3), M_ARENA_MAX): each keeps what was freed in it. */
int32_t clinux_limit_arenas(int32_t count);
void clinux_exit(int32_t code) __attribute__((noreturn));
int32_t clinux_getpid(void);
/* The nice value of a process's first thread; 0 is the calling thread. 0 where there is none. */
int32_t clinux_nice(int32_t pid);
/* Makes the calling thread an ordinary one of that nice value (sched_setattr(2)). Its turns are of that many
 * nanoseconds, as threads made by it will have them; 0 is the kernel's own, and before Linux 6.12 all there is. */
int32_t clinux_schedule(int32_t nice, uint64_t turn_ns);
/* The shortest turn that the kernel grants. */
#define CLINUX_SHORT_TURN_NS 100000ull
int32_t clinux_getppid(void);
int32_t clinux_setsid(void);
/* A process group of its own, and the foreground of the terminal at `fd`, as far as there is one. */
int32_t clinux_take_foreground(int32_t fd);
/* The name in /proc/PID/comm, cut at 15 bytes. */
int32_t clinux_set_name(const char *name);
int32_t clinux_kill(int32_t pid, int32_t signal);
int32_t clinux_pidfd_open(int32_t pid);
int32_t clinux_pidfd_send_signal(int32_t pidfd, int32_t signal);
/* A descriptor of the process's mount namespace (PIDFD_GET_MNT_NAMESPACE, Linux 6.11); -ENOTTY on older kernels, -ESRCH
 * where the process is gone. */
int32_t clinux_pidfd_mount_namespace(int32_t pidfd);

/* How a child ended. `code` is the exit status, or the signal where `signaled` is 1. */
struct clinux_exit_status {
    int32_t pid;
    int32_t code;
    int32_t signaled;
    int32_t core_dumped;
};
/* waitid(2) for one child, or any where `pid` is -1; EINTR is retried. `blocking` 0 answers 0 where none has ended,
 * 1 where `status` was filled. */
int32_t clinux_wait(int32_t pid, int32_t blocking, struct clinux_exit_status *status);
int32_t clinux_wait_pidfd(int32_t pidfd, int32_t blocking, struct clinux_exit_status *status);
int32_t clinux_set_child_subreaper(int32_t on);
int32_t clinux_set_parent_death_signal(int32_t signal);
int32_t clinux_set_dumpable(int32_t on);

/* ---- Namespaces and mounts (mounts.c) -------------------------------------------------------------------------- */

int32_t clinux_unshare(uint64_t flags);
int32_t clinux_setns(int32_t fd, uint64_t types);
int32_t clinux_pivot_root(const char *new_root, const char *put_old);
int32_t clinux_mount(const char *source, const char *target, const char *type, uint64_t flags, const char *data);
int32_t clinux_umount(const char *target, int32_t flags);
int32_t clinux_fsopen(const char *type);
int32_t clinux_fsconfig_string(int32_t fs, const char *key, const char *value);
int32_t clinux_fsconfig_flag(int32_t fs, const char *key);
int32_t clinux_fsconfig_fd(int32_t fs, const char *key, int32_t fd);
int32_t clinux_fsconfig_create(int32_t fs);
/* `attributes` are MOUNT_ATTR_ bits; answers a detached mount. */
int32_t clinux_fsmount(int32_t fs, uint32_t attributes);
/* Attaches a detached mount to the place `target_fd` is open on. */
int32_t clinux_move_mount(int32_t mount_fd, int32_t target_fd, const char *target_path);
/* Clones the mount at `path` into a detached one; `recursive` takes what is mounted below along. */
int32_t clinux_open_tree(int32_t directory, const char *path, int32_t clone, int32_t recursive);
int32_t clinux_mount_setattr(int32_t fd, int32_t recursive, uint64_t set, uint64_t clear, uint64_t propagation);

/* ---- Files and paths (files.c) --------------------------------------------------------------------------------- */

/* openat2(2), always close-on-exec; `flags` are CLINUX_O_, `resolve` CLINUX_RESOLVE_ bits. EAGAIN is tried again, up to
 * 128 times, where the path is to stay below a root. */
int32_t clinux_openat2(int32_t directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int32_t clinux_close(int32_t fd);
int32_t clinux_close_range(uint32_t first, uint32_t last, int32_t only_mark_cloexec);
int32_t clinux_dup2(int32_t from, int32_t to);
/* Both ends are close-on-exec. */
int32_t clinux_pipe(int32_t fds[2]);
/* How many bytes a pipe may hold from now on; answers how many it does. */
int32_t clinux_pipe_grow(int32_t fd, int32_t size);
/* read(2) and write(2); EINTR is retried. */
int64_t clinux_read(int32_t fd, void *bytes, size_t count);
int64_t clinux_write(int32_t fd, const void *bytes, size_t count);
/* Where a byte stands first, or last, among `count`; `count` where it does not. */
size_t clinux_find_byte(const void *bytes, size_t count, uint8_t byte);
size_t clinux_find_last_byte(const void *bytes, size_t count, uint8_t byte);
int64_t clinux_pread(int32_t fd, void *bytes, size_t count, int64_t offset);
int32_t clinux_mkdirat(int32_t directory, const char *path, uint32_t mode);
int32_t clinux_mknodat(int32_t directory, const char *path, uint32_t mode, uint32_t major, uint32_t minor);
int32_t clinux_symlinkat(const char *target, int32_t directory, const char *path);
int32_t clinux_renameat(int32_t from_directory, const char *from, int32_t to_directory, const char *to);
int32_t clinux_unlinkat(int32_t directory, const char *path, int32_t is_directory);
int32_t clinux_fchown(int32_t fd, uint32_t uid, uint32_t gid);
int32_t clinux_fchmod(int32_t fd, uint32_t mode);
int32_t clinux_fchmodat(int32_t directory, const char *path, uint32_t mode);
int32_t clinux_fchdir(int32_t fd);
int32_t clinux_chdir(const char *path);
int32_t clinux_umask(uint32_t mask);
/* getcwd(2); answers the length without the final zero byte. */
int32_t clinux_getcwd(char *buffer, size_t size);
int32_t clinux_fdatasync(int32_t fd);
int32_t clinux_ftruncate(int32_t fd, int64_t length);
/* flock(2) LOCK_EX without waiting: -EWOULDBLOCK where another open file description holds it. */
int32_t clinux_try_lock(int32_t fd);
/* flock(2) LOCK_UN: gives the lock up for every duplicate of the descriptor, in other processes too. */
int32_t clinux_unlock(int32_t fd);
/* getdents64(2) as it is: records of struct linux_dirent64. */
int64_t clinux_directory_entries(int32_t fd, void *records, size_t room);
int64_t clinux_readlinkat(int32_t directory, const char *path, char *buffer, size_t size);
/* An executable memfd (MFD_EXEC where the kernel knows it) that can be sealed. */
int32_t clinux_memfd(const char *name, int32_t executable);
/* Seals a memfd against every change. */
int32_t clinux_memfd_seal(int32_t fd);
/* Maps a file read-only; NULL where it cannot be mapped. */
const void *clinux_map_read_only(int32_t fd, size_t length);
/* Memory that stays shared across a fork, filled with zeros; NULL where there is none. */
void *clinux_map_shared(size_t length);

struct clinux_stat {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t device_major;
    uint32_t device_minor;
    int64_t modified_seconds;
    uint32_t modified_nanoseconds;
    uint32_t links;
    int64_t changed_seconds;
    uint32_t changed_nanoseconds;
};
int32_t clinux_fstatat(int32_t directory, const char *path, int32_t follow, struct clinux_stat *result);
/* The magic number of the file system that `fd` is on (statfs(2)). */
int64_t clinux_filesystem_magic(int32_t fd);
/* Has the folders made in this one placed far apart on the disk (chattr(1), +T). */
int32_t clinux_scatter_folders(int32_t folder);

/* ---- Sockets, readiness, time (events.c) ----------------------------------------------------------------------- */

int32_t clinux_seqpacket_pair(int32_t fds[2]);
int32_t clinux_seqpacket_listen(const char *path, int32_t backlog);
int32_t clinux_seqpacket_connect(const char *path);
int32_t clinux_accept(int32_t listener);
/* The peer's user (SO_PEERCRED). */
int64_t clinux_peer_uid(int32_t socket);
/* One datagram with up to 16 descriptors (SCM_RIGHTS); MSG_NOSIGNAL; EINTR is retried. */
int64_t clinux_send(int32_t socket, const void *bytes, size_t count, const int32_t *fds, size_t fd_count,
                    int32_t blocking);
/* `fd_count` goes in as room and comes out as how many came; they are close-on-exec. A truncated message is EMSGSIZE. */
int64_t clinux_receive(int32_t socket, void *bytes, size_t room, int32_t *fds, size_t *fd_count, int32_t blocking);
/* Ends one direction of a connection: the other side reads its end (shutdown(2), SHUT_WR). */
int32_t clinux_end_writing(int32_t fd);

struct clinux_ready {
    int32_t fd;
    int16_t events;
    int16_t ready;
};
/* poll(2); EINTR answers 0 descriptors, so that the caller looks at its signals. */
int32_t clinux_poll(struct clinux_ready *list, size_t count, int32_t timeout_ms);
/* Every signal back to its default, none blocked. */
int32_t clinux_reset_signals(void);
/* Blocks every signal, or none. */
int32_t clinux_block_signals(int32_t all);
int32_t clinux_default_signal(int32_t signal);
/* Waits for any signal, which must be blocked, and answers its number; EINTR is retried. */
int32_t clinux_wait_signal(void);
int32_t clinux_ignore_signal(int32_t signal);
int32_t clinux_set_nonblocking(int32_t fd, int32_t on);
int64_t clinux_monotonic_ns(void);
int64_t clinux_realtime_ns(void);

/* ---- Terminals (terminal.c) ------------------------------------------------------------------------------------ */

/* Opens a new pseudo-terminal of the devpts instance at `ptmx`: the main side is answered, the other side stored,
 * opened by TIOCGPTPEER so that no path of the container is followed (CVE-2025-52565). */
int32_t clinux_open_terminal(int32_t ptmx, int32_t *secondary);
int32_t clinux_terminal_resize(int32_t fd, uint16_t rows, uint16_t columns);
int32_t clinux_make_controlling_terminal(int32_t fd);

/* ---- Identity and confinement (security.c) --------------------------------------------------------------------- */

int32_t clinux_sethostname(const char *name, size_t length);
int32_t clinux_setdomainname(const char *name, size_t length);
int32_t clinux_setgroups(const uint32_t *groups, size_t count);
int32_t clinux_setresgid(uint32_t gid);
int32_t clinux_setresuid(uint32_t uid);
int32_t clinux_setrlimit(int32_t resource, uint64_t soft, uint64_t hard);
int32_t clinux_getrlimit(int32_t resource, uint64_t *soft, uint64_t *hard);
int32_t clinux_no_new_privileges(void);
int32_t clinux_keep_capabilities(int32_t on);
/* Loads a classic BPF program of `count` instructions of 8 bytes (seccomp(2) SECCOMP_SET_MODE_FILTER). */
int32_t clinux_seccomp_load(const void *instructions, uint16_t count, uint32_t flags);

/* ---- Many descriptors at once (poller.c) ------------------------------------------------------------------------ */

struct clinux_poller_event {
    int32_t fd;
    uint32_t events; /* CLINUX_EPOLL... */
};
/* epoll(7), level-triggered. */
int32_t clinux_poller_create(void);
int32_t clinux_poller_add(int32_t poller, int32_t fd, uint32_t events);
int32_t clinux_poller_change(int32_t poller, int32_t fd, uint32_t events);
int32_t clinux_poller_remove(int32_t poller, int32_t fd);
/* Answers how many of the list were filled, at most 64; EINTR answers 0. */
int32_t clinux_poller_wait(int32_t poller, struct clinux_poller_event *list, int32_t room, int32_t timeout_ms);
/* An eventfd(2) to wake a waiting thread: write 8 bytes to it, read 8 bytes from it. */
int32_t clinux_wakeup_create(void);

/* ---- Trees of files (trees.c) ----------------------------------------------------------------------------------- */

/* None of these follows a symbolic link in `name`, which is one component of at most 255 bytes. */
int32_t clinux_linkat(int32_t from_directory, const char *from, int32_t to_directory, const char *to);
int32_t clinux_fchownat(int32_t directory, const char *name, uint32_t uid, uint32_t gid);
int32_t clinux_utimensat(int32_t directory, const char *name, int64_t accessed_seconds, uint32_t accessed_nanoseconds,
                         int64_t modified_seconds, uint32_t modified_nanoseconds);
int32_t clinux_lsetxattrat(int32_t directory, const char *name, const char *attribute, const void *value, size_t size);
/* Answers the value's size; -ERANGE where `room` is too small, the size needed where `room` is 0. */
int64_t clinux_lgetxattrat(int32_t directory, const char *name, const char *attribute, void *value, size_t room);
/* The same of an open file or folder (not one opened with O_PATH). */
int32_t clinux_futimens(int32_t fd, int64_t accessed_seconds, uint32_t accessed_nanoseconds, int64_t modified_seconds,
                        uint32_t modified_nanoseconds);
int32_t clinux_fsetxattr(int32_t fd, const char *attribute, const void *value, size_t size);
int64_t clinux_fgetxattr(int32_t fd, const char *attribute, void *value, size_t room);
int64_t clinux_llistxattrat(int32_t directory, const char *name, char *names, size_t room);
/* Writes a whole file system out (syncfs(2)). */
int32_t clinux_syncfs(int32_t fd);
int32_t clinux_fsync(int32_t fd);

/* ---- Waiting for many descriptors (watching.c) ------------------------------------------------------------------ */

int32_t clinux_epoll_create(void);
/* Watches `fd` for input, or for urgent news (EPOLLPRI) where `urgent` is 1, once: rearm it for the next time. */
int32_t clinux_epoll_add(int32_t epoll, int32_t fd, int32_t urgent, uint64_t tag);
int32_t clinux_epoll_rearm(int32_t epoll, int32_t fd, int32_t urgent, uint64_t tag);
int32_t clinux_epoll_remove(int32_t epoll, int32_t fd);
/* Fills up to `room` (at most 64) tags; EINTR answers 0. */
int32_t clinux_epoll_wait(int32_t epoll, uint64_t *tags, int32_t room, int32_t timeout_ms);
/* A counter that is readable while it is not 0; never blocks. */
int32_t clinux_eventfd(void);
int32_t clinux_inotify(void);
int32_t clinux_inotify_add(int32_t fd, const char *path, uint32_t mask);
/* flock(2) LOCK_EX, -EWOULDBLOCK where somebody else holds it. */
int32_t clinux_lock_exclusively(int32_t fd);

/* ---- BPF programs (bpf.c) ---------------------------------------------------------------------------------------- */

/* Loads a BPF_PROG_TYPE_CGROUP_DEVICE program of `count` instructions of 8 bytes; answers its descriptor. */
int32_t clinux_bpf_load_device_program(const void *instructions, uint32_t count, char *log, uint32_t log_size);
/* Attaches it to a cgroup v2 directory beside what may be attached already; all must agree to an access. */
int32_t clinux_bpf_attach_device_program(int32_t cgroup, int32_t program);
/* ---- Network (network.c) ---------------------------------------------------------------------------------------- */

/* A netlink(7) socket of the calling thread's network namespace, bound, with extended acknowledgements; `protocol` is
 * NETLINK_ROUTE (0) or NETLINK_NETFILTER (12), `groups` the mask of multicast groups 1...32 to listen to. */
int32_t clinux_netlink_open(int32_t protocol, uint32_t groups);
/* The socket's own address, which the kernel writes into the notifications that its requests cause. */
int64_t clinux_netlink_port(int32_t fd);
/* Drops every notification that the requests of the socket with that address cause. */
int32_t clinux_netlink_ignore_sender(int32_t fd, uint32_t port);
/* Takes a host port so that no other process gets it: bind(2), for a stream listen(2) too; nothing that arrives is
 * kept. `address` has 4 or 16 bytes; an IPv6 socket leaves IPv4 alone. Answers the socket. */
int32_t clinux_reserve_port(int32_t is_ipv6, int32_t is_datagram, const uint8_t *address, uint16_t port);

/* Names the calling thread, at most 15 bytes. */
int32_t clinux_name_thread(const char *name);

#endif
