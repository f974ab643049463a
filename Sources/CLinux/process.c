#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

int32_t clinux_clone(uint64_t flags, int32_t *pidfd, int32_t cgroup) {
    struct clone_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags = flags;
    arguments.exit_signal = SIGCHLD;
    if (pidfd) {
        arguments.flags |= CLONE_PIDFD;
        arguments.pidfd = (uint64_t)(uintptr_t)pidfd;
    }
    if (cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)cgroup;
    }
    return (int32_t)ANSWER(syscall(SYS_clone3, &arguments, sizeof arguments));
}

struct sharing {
    void (*body)(void *);
    void *context;
};

static int share(void *argument) {
    const struct sharing *sharing = argument;
    sharing->body(sharing->context);
    _exit(127);
}

void *clinux_map_stack(void) {
    const size_t guard = (size_t)sysconf(_SC_PAGESIZE), size = guard + (256 << 10);
    char *stack = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED) return NULL;
    if (mprotect(stack + guard, size - guard, PROT_READ | PROT_WRITE) == 0) return stack + size;
    munmap(stack, size);
    return NULL;
}

int32_t clinux_clone_sharing_memory(uint64_t flags, int32_t *pidfd, void *stack, void (*body)(void *), void *context) {
    /* The caller's frames stay as they are, so that it can go on from them. */
    struct sharing sharing = {.body = body, .context = context};
    const int all = (int)flags | CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    return ANSWER(clone(share, stack, all, &sharing, pidfd));
}

/* The child of vfork shares our memory until it executes, so it touches nothing but its own locals and the kernel. */
static void __attribute__((noreturn)) become(const char *path, char *const argv[], char *const envp[],
                                             const int32_t *fds, int32_t *moved, size_t count, int32_t session,
                                             volatile int32_t *failure) {
    if (session) setsid();
    /* Out of the way first: a descriptor wanted at 2 may stand at 0 now. */
    for (size_t i = 0; i < count; i++) {
        moved[i] = fds[i] < 0 ? -1 : fcntl(fds[i], F_DUPFD_CLOEXEC, (int)count);
        if (fds[i] >= 0 && moved[i] < 0) goto failed;
    }
    for (size_t i = 0; i < count; i++) {
        if (moved[i] < 0) close((int)i);
        else if (dup2(moved[i], (int)i) < 0) goto failed;
    }
    if (syscall(SYS_close_range, (unsigned)count, ~0u, 0u) < 0) goto failed;
    clinux_reset_signals();
    execve(path, argv, envp);
failed:
    *failure = errno;
    _exit(127);
}

int32_t clinux_spawn(const char *path, char *const argv[], char *const envp[], const int32_t *fds, size_t count,
                     int32_t session) {
    int32_t moved[16];
    if (count > sizeof moved / sizeof *moved) return -E2BIG;
    volatile int32_t failure = 0;
    sigset_t all, before;
    sigfillset(&all);
    /* No handler of ours may run in the child while the memory is shared. */
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = vfork();
    if (pid == 0) become(path, argv, envp, fds, moved, count, session, &failure);
    int32_t answer = pid < 0 ? -errno : pid;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid > 0 && failure) {
        waitpid(pid, NULL, 0);
        return -failure;
    }
    return answer;
}

int32_t clinux_execve(const char *path, char *const argv[], char *const envp[]) {
    return ANSWER(execve(path, argv, envp));
}

int32_t clinux_execveat(int32_t directory, const char *path, char *const argv[], char *const envp[], int32_t flags) {
    return (int32_t)ANSWER(syscall(SYS_execveat, directory, path, argv, envp, flags));
}

void clinux_exit(int32_t code) { _exit(code); }

int32_t clinux_getpid(void) { return getpid(); }

int32_t clinux_nice(int32_t pid) {
    /* The system call answers 20 - nice, so that no nice value looks like an error. */
    const long answer = syscall(SYS_getpriority, PRIO_PROCESS, pid);
    return answer < 0 ? 0 : (int32_t)(20 - answer);
}

int32_t clinux_schedule(int32_t nice, uint64_t turn_ns) {
    /* The first version of struct sched_attr, which every kernel since 3.14 takes. */
    const struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {.size = 48, .policy = SCHED_OTHER, .nice = nice, .runtime = turn_ns};
    return (int32_t)ANSWER(syscall(SYS_sched_setattr, 0, &attributes, 0u));
}

int32_t clinux_fork(void) { return (int32_t)ANSWER(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0L)); }

int32_t clinux_getppid(void) { return getppid(); }

int32_t clinux_take_foreground(int32_t fd) {
    if (setpgid(0, 0) != 0) return -errno;
    /* Called from the background, where the terminal would stop us: every signal is blocked here. */
    return ANSWER(tcsetpgrp(fd, getpid()));
}

int32_t clinux_set_name(const char *name) { return ANSWER(prctl(PR_SET_NAME, name, 0, 0, 0)); }

int32_t clinux_setsid(void) { return ANSWER(setsid()); }

int32_t clinux_kill(int32_t pid, int32_t signal) { return ANSWER(kill(pid, signal)); }

int32_t clinux_pidfd_open(int32_t pid) { return (int32_t)ANSWER(syscall(SYS_pidfd_open, pid, 0u)); }

int32_t clinux_pidfd_send_signal(int32_t pidfd, int32_t signal) {
    return (int32_t)ANSWER(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0u));
}

#ifndef PIDFD_GET_MNT_NAMESPACE
#define PIDFD_GET_MNT_NAMESPACE _IO(0xFF, 3) /* linux/pidfd.h, newer than some build hosts */
#endif

int32_t clinux_pidfd_mount_namespace(int32_t pidfd) { return ANSWER(ioctl(pidfd, PIDFD_GET_MNT_NAMESPACE, 0)); }

static int32_t wait_for(idtype_t type, id_t id, int32_t blocking, struct clinux_exit_status *status) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    int32_t answer = ANSWER_RETRY(waitid(type, id, &info, WEXITED | (blocking ? 0 : WNOHANG)));
    if (answer < 0) return answer;
    if (info.si_pid == 0) return 0;
    status->pid = info.si_pid;
    status->code = info.si_status;
    status->signaled = info.si_code != CLD_EXITED;
    status->core_dumped = info.si_code == CLD_DUMPED;
    return 1;
}

int32_t clinux_wait(int32_t pid, int32_t blocking, struct clinux_exit_status *status) {
    return wait_for(pid < 0 ? P_ALL : P_PID, pid < 0 ? 0 : (id_t)pid, blocking, status);
}

int32_t clinux_wait_pidfd(int32_t pidfd, int32_t blocking, struct clinux_exit_status *status) {
    return wait_for((idtype_t)P_PIDFD, (id_t)pidfd, blocking, status);
}

int32_t clinux_set_child_subreaper(int32_t on) { return ANSWER(prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0)); }

int32_t clinux_set_parent_death_signal(int32_t signal) { return ANSWER(prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)); }

int32_t clinux_set_dumpable(int32_t on) { return ANSWER(prctl(PR_SET_DUMPABLE, on, 0, 0, 0)); }
#endif
