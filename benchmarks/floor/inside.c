#define _GNU_SOURCE
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <unistd.h>

static struct sock_fprog filter;

/* As long a program as docker's: everything is allowed but what docker's default policy keeps for privileged ones. */
void compile_filter(int list) {
    static const char *denied[] = {
        "acct", "add_key", "bpf", "clock_adjtime", "clock_settime", "create_module", "delete_module", "finit_module",
        "fsconfig", "fsmount", "fsopen", "fspick", "get_kernel_syms", "get_mempolicy", "init_module", "ioperm", "iopl",
        "kcmp", "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie", "mbind", "mount", "mount_setattr",
        "move_mount", "move_pages", "nfsservctl", "open_by_handle_at", "open_tree", "perf_event_open", "pivot_root",
        "query_module", "quotactl", "reboot", "request_key", "set_mempolicy", "setns", "settimeofday", "swapoff",
        "swapon", "sysfs", "syslog", "umount", "umount2", "unshare", "uselib", "userfaultfd", "ustat", "vhangup", "vm86",
        "vm86old", "_sysctl",
    };
    scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!context) exit(2);
    seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    for (int number = 0; number < 470; number++) {
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
        if (!name) continue;
        int allowed = 1;
        for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) allowed &= strcmp(name, denied[i]) != 0;
        if (allowed) seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 0);
        if (allowed && list) puts(name);
        free(name);
    }
    int file = (int)syscall(SYS_memfd_create, "filter", 1u);
    if (file < 0 || seccomp_export_bpf(context, file) < 0) exit(2);
    struct stat status;
    fstat(file, &status);
    filter.len = (unsigned short)((size_t)status.st_size / sizeof(struct sock_filter));
    filter.filter = malloc((size_t)status.st_size);
    if (!filter.filter || pread(file, filter.filter, (size_t)status.st_size, 0) != status.st_size) exit(2);
    close(file);
    seccomp_release(context);
}

static void mount_root(const char *rootfs, const struct place *place) {
    char options[1200];
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work", rootfs, place->path, place->path);
    char merged[300];
    snprintf(merged, sizeof merged, "%s/merged", place->path);
    if (mount("overlay", merged, "overlay", 0, options)) failed("mount the overlay");
    if (chdir(merged)) failed(merged);
    step("overlay");
}

static void make(const char *path) {
    if (mkdir(path, 0755) && errno != EEXIST) failed(path);
}

static void mount_all(void) {
    const unsigned long safe = MS_NOSUID | MS_NOEXEC | MS_NODEV;
    make("proc"), make("dev"), make("sys");
    if (mount("proc", "proc", "proc", safe, NULL)) failed("mount /proc");
    if (mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k")) failed("mount /dev");
    make("dev/pts"), make("dev/shm"), make("dev/mqueue");
    if (mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5")) {
        failed("mount /dev/pts");
    }
    if (mount("sysfs", "sys", "sysfs", safe | MS_RDONLY, NULL) && errno != EPERM) failed("mount /sys");
    if (mount("mqueue", "dev/mqueue", "mqueue", safe, NULL)) failed("mount /dev/mqueue");
    if (mount("shm", "dev/shm", "tmpfs", safe, "mode=1777,size=65536k")) failed("mount /dev/shm");
    step("mounts");
    static const struct { const char *path; int major, minor; } nodes[] = {
        {"dev/null", 1, 3}, {"dev/zero", 1, 5}, {"dev/full", 1, 7},
        {"dev/random", 1, 8}, {"dev/urandom", 1, 9}, {"dev/tty", 5, 0},
    };
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        if (mknod(nodes[i].path, S_IFCHR | 0666, makedev((unsigned)nodes[i].major, (unsigned)nodes[i].minor))) {
            failed(nodes[i].path);
        }
    }
    if (symlink("/proc/self/fd", "dev/fd") || symlink("/proc/self/fd/0", "dev/stdin")
        || symlink("/proc/self/fd/1", "dev/stdout") || symlink("/proc/self/fd/2", "dev/stderr")
        || symlink("pts/ptmx", "dev/ptmx")) {
        failed("symlink");
    }
    step("devices");
}

static void mask(void) {
    static const char *masked[] = {"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys",
                                   "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list",
                                   "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware"};
    static const char *read_only[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
    for (size_t i = 0; i < sizeof masked / sizeof *masked; i++) {
        struct stat status;
        if (stat(masked[i], &status)) continue;
        int answer = S_ISDIR(status.st_mode) ? mount("tmpfs", masked[i], "tmpfs", MS_RDONLY, "size=0k")
                                             : mount("/dev/null", masked[i], NULL, MS_BIND, NULL);
        if (answer) failed(masked[i]);
    }
    for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++) {
        if (mount(read_only[i], read_only[i], NULL, MS_BIND | MS_REC, NULL)) continue;
        const unsigned long flags = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC | MS_NODEV;
        if (mount(NULL, read_only[i], NULL, flags, NULL)) failed(read_only[i]);
    }
    step("masks");
}

static void pivot(void) {
    if (syscall(SYS_pivot_root, ".", ".")) failed("pivot_root");
    if (umount2(".", MNT_DETACH)) failed("umount the old root");
    if (chdir("/")) failed("/");
    step("pivot");
}

/* docker's default 14. */
static void drop(void) {
    static const cap_value_t kept[] = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FSETID, CAP_FOWNER, CAP_MKNOD, CAP_NET_RAW,
                                       CAP_SETGID, CAP_SETUID, CAP_SETFCAP, CAP_SETPCAP, CAP_NET_BIND_SERVICE,
                                       CAP_SYS_CHROOT, CAP_KILL, CAP_AUDIT_WRITE};
    const int count = (int)(sizeof kept / sizeof *kept);
    for (cap_value_t value = 0; value < cap_max_bits(); value++) {
        int keep = 0;
        for (int i = 0; i < count; i++) keep |= kept[i] == value;
        if (!keep && cap_get_bound(value) == 1 && cap_drop_bound(value)) failed("drop a capability");
    }
    /* The filter is loaded by who may still do so without no_new_privs. */
    struct { unsigned short length; struct sock_filter *filter; } program = {filter.len, filter.filter};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program)) failed("load the filter");
    cap_t capabilities = cap_init();
    cap_set_flag(capabilities, CAP_PERMITTED, count, kept, CAP_SET);
    cap_set_flag(capabilities, CAP_EFFECTIVE, count, kept, CAP_SET);
    if (cap_set_proc(capabilities)) failed("set capabilities");
    cap_free(capabilities);
    step("security");
}

void run_inside(const char *rootfs, const struct place *place, enum network network, int output) {
    configure_network(network);
    step("network");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) failed("make mounts private");
    mount_root(rootfs, place);
    mount_all();
    pivot();
    mask();
    if (sethostname("floor", 5)) failed("sethostname");
    if (setsid() < 0) failed("setsid");
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(null, 2) < 0) failed("dup2");
    if (null > 2) close(null);
    if (syscall(SYS_close_range, 3u, ~0u, 4u)) failed("close_range");
    drop();
    signal(SIGPIPE, SIG_DFL);
    char *arguments[] = {"/probe", "first", NULL}, *environment[] = {"PATH=/", NULL};
    step("exec");
    execve("/probe", arguments, environment);
    failed("execve");
    _exit(127);
}
