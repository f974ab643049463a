// Tries what a container must not do, one system call a line: "NAME ERRNO", 0 where it was let through. Each is a raw
// system call, so that no library's fallback stands between the seccomp program and the answer.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *name, long answer) { printf("%s %d\n", name, answer < 0 ? errno : 0); }

int main(void)
{
    tell("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0UL, ""));
    tell("umount2", syscall(SYS_umount2, "/proc", MNT_DETACH));
    tell("unshare-newns", syscall(SYS_unshare, CLONE_NEWNS));
    tell("unshare-newuser", syscall(SYS_unshare, CLONE_NEWUSER));
    tell("setns", syscall(SYS_setns, -1, 0));
    tell("keyctl", syscall(SYS_keyctl, 0, -3, 0, 0, 0));
    tell("add_key", syscall(SYS_add_key, "user", "drydock", "x", 1UL, -3));
    tell("bpf", syscall(SYS_bpf, 0, 0, 0));
    tell("perf_event_open", syscall(SYS_perf_event_open, 0, 0, -1, -1, 0));
    tell("kexec_load", syscall(SYS_kexec_load, 0UL, 0UL, 0, 0UL));
    tell("init_module", syscall(SYS_init_module, 0, 0UL, ""));
    tell("open_by_handle_at", syscall(SYS_open_by_handle_at, -1, 0, 0));
    tell("userfaultfd", syscall(SYS_userfaultfd, 0));
    tell("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
    tell("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
    tell("move_mount", syscall(SYS_move_mount, -1, "", -1, "", 0));
    // Without a kernel object behind them these answer EFAULT or EINVAL where the filter lets them through.
    tell("clone3", syscall(SYS_clone3, 0, 0UL));
    tell("clone-newuser", syscall(SYS_clone, CLONE_NEWUSER | CLONE_THREAD, 0, 0, 0, 0));
    tell("socket-alg", syscall(SYS_socket, AF_ALG, SOCK_SEQPACKET, 0));
    tell("socket-vsock", syscall(SYS_socket, AF_VSOCK, SOCK_STREAM, 0));
    tell("socket-inet", syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
    tell("socket-unix", syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0));
    tell("personality-query", syscall(SYS_personality, 0xffffffffUL));
    tell("personality-no-randomize", syscall(SYS_personality, (unsigned long)ADDR_NO_RANDOMIZE));
    // Writing to what is process 1's program: the launcher's image, were it reachable.
    tell("open-exe", syscall(SYS_openat, AT_FDCWD, "/proc/1/exe", O_WRONLY));
    return 0;
}
