#define _GNU_SOURCE
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The hierarchies of this machine: v1 ones by their mount points, or the unified one. */
static int hierarchies;
static char mount_point[HIERARCHIES][256];
static int unified;

static void find_hierarchies(void) {
    FILE *mounts = fopen("/proc/self/mounts", "re");
    char line[4096], place[256], type[64];
    while (mounts && fgets(line, sizeof line, mounts) && hierarchies < HIERARCHIES) {
        if (sscanf(line, "%*s %255s %63s", place, type) != 2) continue;
        if (!strcmp(type, "cgroup")) snprintf(mount_point[hierarchies++], 256, "%s", place);
        if (!strcmp(type, "cgroup2") && !hierarchies) {
            snprintf(mount_point[hierarchies++], 256, "%s", place);
            unified = 1;
            break;
        }
    }
    if (mounts) fclose(mounts);
}

/* cpuset on v1 takes no process before it has been told its CPUs and memory nodes. */
static void copy_setting(const char *from, const char *to, const char *file) {
    char path[600], text[256];
    snprintf(path, sizeof path, "%s/%s", from, file);
    int in = open(path, O_RDONLY | O_CLOEXEC);
    if (in < 0) return;
    ssize_t length = read(in, text, sizeof text);
    close(in);
    snprintf(path, sizeof path, "%s/%s", to, file);
    int out = open(path, O_WRONLY | O_CLOEXEC);
    if (out < 0) return;
    if (length > 0 && write(out, text, (size_t)length) < 0) failed(path);
    close(out);
}

void make_cgroup(struct cgroup *cgroup, const char *name) {
    if (!hierarchies) find_hierarchies();
    cgroup->count = 0;
    cgroup->v2 = -1;
    for (int i = 0; i < hierarchies; i++) {
        char *path = cgroup->path[cgroup->count];
        snprintf(path, sizeof cgroup->path[0], "%s/%s", mount_point[i], name);
        if (mkdir(path, 0755)) {
            failed(path);
            continue;
        }
        cgroup->count++;
        copy_setting(mount_point[i], path, "cpuset.cpus");
        copy_setting(mount_point[i], path, "cpuset.mems");
        if (unified) cgroup->v2 = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
}

void attach_cgroup(const struct cgroup *cgroup, pid_t pid) {
    char path[400], text[16];
    int length = snprintf(text, sizeof text, "%d", (int)pid);
    for (int i = 0; i < cgroup->count && !unified; i++) {
        snprintf(path, sizeof path, "%s/cgroup.procs", cgroup->path[i]);
        int file = open(path, O_WRONLY | O_CLOEXEC);
        if (file < 0 || write(file, text, (size_t)length) != length) failed(path);
        if (file >= 0) close(file);
    }
}

void remove_cgroup(const struct cgroup *cgroup) {
    if (cgroup->v2 >= 0) close(cgroup->v2);
    for (int i = 0; i < cgroup->count; i++) {
        /* A process that has been reaped may be in its cgroup for a moment yet. */
        for (int attempt = 0; rmdir(cgroup->path[i]) && errno == EBUSY && attempt < 10000; attempt++) {}
    }
}
