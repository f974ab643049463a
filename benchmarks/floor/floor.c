/*
 * The machine's floor: what the kernel takes to start one container the way docker does, asked for directly.
 *
 *   floor ROOTFS        then one line for each container on standard input: none, host or bridge
 *   floor --calls       prints the system calls that its filter lets pass
 *
 * For each it makes folders and a cgroup, clones a process into new namespaces, mounts an overlay over ROOTFS with
 * docker's mounts, masks and device nodes, drops to docker's 14 capabilities, loads a system call filter, executes
 * `/probe first`, reaps it, takes everything down, and answers with one line of JSON: milliseconds from outside under
 * "ms", milliseconds of each step under "steps". Nothing is prepared between containers but the filter, compiled once.
 */
#define _GNU_SOURCE
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct shared *shared;

uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void step_at(const char *name, uint64_t at) {
    if (shared->count < STEPS) {
        snprintf(shared->steps[shared->count].name, sizeof shared->steps[0].name, "%s", name);
        shared->steps[shared->count++].at = at;
    }
}

void step(const char *name) { step_at(name, now()); }

void failed(const char *what) {
    if (!shared->error[0]) snprintf(shared->error, sizeof shared->error, "%s: %s", what, strerror(errno));
    if (getpid() != shared->parent) _exit(99);
}

static int clone_into(uint64_t flags, int cgroup, int *pidfd) {
    struct clone_args arguments = {
        .flags = flags | CLONE_PIDFD | (cgroup >= 0 ? CLONE_INTO_CGROUP : 0),
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
        .cgroup = cgroup >= 0 ? (uint64_t)cgroup : 0,
    };
    return (int)syscall(SYS_clone3, &arguments, sizeof arguments);
}

/* Reads the number that the probe prints: CLOCK_MONOTONIC at its first instruction. */
static uint64_t printed(int fd) {
    char text[64] = "";
    size_t length = 0;
    for (;;) {
        ssize_t got = read(fd, text + length, sizeof text - 1 - length);
        if (got <= 0) break;
        length += (size_t)got;
        if (length >= sizeof text - 1) break;
    }
    return strtoull(text, NULL, 10);
}

static double ms(uint64_t from, uint64_t to) { return ((double)to - (double)from) / 1e6; }

static void answer(uint64_t began, uint64_t started, uint64_t instruction, uint64_t reaped, uint64_t ended) {
    if (shared->error[0]) {
        printf("{\"error\":\"%s\"}\n", shared->error);
    } else {
        printf("{\"ms\":{\"create + start\":%.6f,\"first instruction\":%.6f,\"exit seen\":%.6f,\"cycle\":%.6f},\"steps\":{",
               ms(began, started), ms(began, instruction), ms(instruction, reaped), ms(began, ended));
        uint64_t last = began;
        for (int i = 0; i < shared->count; i++) {
            printf("%s\"%s\":%.6f", i ? "," : "", shared->steps[i].name, ms(last, shared->steps[i].at));
            last = shared->steps[i].at;
        }
        printf("}}\n");
    }
    fflush(stdout);
}

static void container(const char *rootfs, enum network network) {
    memset(shared, 0, sizeof *shared);
    shared->parent = getpid();
    uint64_t began = now();
    struct place place;
    make_place(&place);
    step("folders");
    struct cgroup cgroup;
    make_cgroup(&cgroup, place.name);
    step("cgroup");

    int output[2], executed[2], go[2];
    if (pipe2(output, O_CLOEXEC) || pipe2(executed, O_CLOEXEC) || pipe2(go, O_CLOEXEC)) failed("pipe");
    uint64_t flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP;
    if (network != NETWORK_HOST) flags |= CLONE_NEWNET;
    int pidfd = -1;
    int pid = shared->error[0] ? -1 : clone_into(flags, cgroup.v2, &pidfd);
    if (pid == 0) {
        close(go[1]);
        char byte;
        /* The parent has attached the cgroup and made the network when this ends; until then steps are its own. */
        if (read(go[0], &byte, 1) < 0) failed("read");
        run_inside(rootfs, &place, network, output[1]);
    }
    if (pid < 0 && !shared->error[0]) failed("clone3");
    close(output[1]);
    close(executed[1]);
    close(go[0]);
    if (pid > 0) {
        step("clone");
        attach_cgroup(&cgroup, pid);
        step("attach");
        if (network == NETWORK_BRIDGE) {
            make_veth(pid);
            step("veth");
        }
    }
    close(go[1]);
    char byte;
    if (pid > 0 && read(executed[0], &byte, 1) < 0) failed("read");
    uint64_t started = now();
    uint64_t instruction = printed(output[0]);
    step_at("first instruction", instruction);
    siginfo_t info = {0};
    if (pid > 0 && waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0) failed("waitid");
    uint64_t reaped = now();
    step_at("exit and reap", reaped);
    if (!shared->error[0] && (info.si_code != CLD_EXITED || info.si_status != 0)) {
        snprintf(shared->error, sizeof shared->error, "the probe ended with %d", info.si_status);
    }
    if (pidfd >= 0) close(pidfd);
    close(output[0]);
    close(executed[0]);
    remove_cgroup(&cgroup);
    step("remove the cgroup");
    remove_place(&place);
    step("remove the folders");
    answer(began, started, instruction, reaped, now());
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: floor ROOTFS < LINES, or floor --calls\n");
        return 2;
    }
    if (!strcmp(arguments[1], "--calls")) {
        compile_filter(1);
        return 0;
    }
    shared = share(sizeof *shared);
    signal(SIGPIPE, SIG_IGN);
    compile_filter(0);
    unshare_mounts();
    char line[32];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (!strcmp(line, "none")) container(arguments[1], NETWORK_NONE);
        else if (!strcmp(line, "host")) container(arguments[1], NETWORK_HOST);
        else if (!strcmp(line, "bridge")) container(arguments[1], NETWORK_BRIDGE);
        else {
            printf("{\"error\":\"unknown line: none, host and bridge are known\"}\n");
            fflush(stdout);
        }
    }
    remove_bridge();
    return 0;
}
