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

/* ---- Processes (process.c) ------------------------------------------------------------------------------------ */

/* clone3(2) in fork style: no new stack. `pidfd` may be NULL; `cgroup` is a cgroup v2 directory or -1.
 * Answers 0 in the child, the child's pid in the parent. */
int32_t clinux_clone(uint64_t flags, int32_t *pidfd, int32_t cgroup);
/* vfork-like start of a program that shares nothing but these descriptors: fd i of the program is fds[i] (or closed
 * where it is -1); every other descriptor is closed. Answers the pid. `session` starts a new session. */
int32_t clinux_spawn(const char *path, char *const argv[], char *const envp[], const int32_t *fds, size_t count,
                     int32_t session);
int32_t clinux_execve(const char *path, char *const argv[], char *const envp[]);
int32_t clinux_execveat(int32_t directory, const char *path, char *const argv[], char *const envp[], int32_t flags);
void clinux_exit(int32_t code) __attribute__((noreturn));
int32_t clinux_getpid(void);
int32_t clinux_setsid(void);
int32_t clinux_kill(int32_t pid, int32_t signal);
int32_t clinux_pidfd_open(int32_t pid);
int32_t clinux_pidfd_send_signal(int32_t pidfd, int32_t signal);

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

/* openat2(2); `resolve` are RESOLVE_ bits. */
int32_t clinux_openat2(int32_t directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int32_t clinux_close(int32_t fd);
int32_t clinux_close_range(uint32_t first, uint32_t last, int32_t only_mark_cloexec);
int32_t clinux_dup2(int32_t from, int32_t to);
int32_t clinux_pipe(int32_t fds[2], int32_t flags);
/* read(2) and write(2); EINTR is retried. */
int64_t clinux_read(int32_t fd, void *bytes, size_t count);
int64_t clinux_write(int32_t fd, const void *bytes, size_t count);
int64_t clinux_pread(int32_t fd, void *bytes, size_t count, int64_t offset);
int32_t clinux_mkdirat(int32_t directory, const char *path, uint32_t mode);
int32_t clinux_mknodat(int32_t directory, const char *path, uint32_t mode, uint32_t major, uint32_t minor);
int32_t clinux_symlinkat(const char *target, int32_t directory, const char *path);
int32_t clinux_renameat(int32_t from_directory, const char *from, int32_t to_directory, const char *to);
int32_t clinux_unlinkat(int32_t directory, const char *path, int32_t is_directory);
int32_t clinux_fchown(int32_t fd, uint32_t uid, uint32_t gid);
int32_t clinux_fchmodat(int32_t directory, const char *path, uint32_t mode);
int32_t clinux_fchdir(int32_t fd);
int32_t clinux_chdir(const char *path);
int32_t clinux_umask(uint32_t mask);
/* getcwd(2); answers the length without the final zero byte. */
int32_t clinux_getcwd(char *buffer, size_t size);
int32_t clinux_fdatasync(int32_t fd);
int32_t clinux_ftruncate(int32_t fd, int64_t length);
int32_t clinux_memfd(const char *name, int32_t allow_sealing);
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
};
int32_t clinux_fstatat(int32_t directory, const char *path, int32_t follow, struct clinux_stat *result);
/* The magic number of the file system that `fd` is on (statfs(2)). */
int64_t clinux_filesystem_magic(int32_t fd);

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

struct clinux_ready {
    int32_t fd;
    int16_t events;
    int16_t ready;
};
/* poll(2); EINTR answers 0 descriptors, so that the caller looks at its signals. */
int32_t clinux_poll(struct clinux_ready *list, size_t count, int32_t timeout_ms);
/* A signalfd for these signals, which are blocked from then on. */
int32_t clinux_signalfd(const int32_t *signals, size_t count);
/* Takes one signal number out of a signalfd; -EAGAIN where there is none. */
int32_t clinux_signalfd_next(int32_t fd);
/* Every signal back to its default, none blocked. */
int32_t clinux_reset_signals(void);
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
int64_t clinux_fgetxattr(int32_t fd, const char *attribute, void *value, size_t room);
int64_t clinux_llistxattrat(int32_t directory, const char *name, char *names, size_t room);
/* Writes a whole file system out (syncfs(2)). */
int32_t clinux_syncfs(int32_t fd);
int32_t clinux_fsync(int32_t fd);

#endif
