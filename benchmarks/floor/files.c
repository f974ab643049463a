#define _GNU_SOURCE
#include "floor.h"

#include <fcntl.h>
#include <ftw.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[128];

void *share(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(2);
    }
    return memory;
}

static void remove_base(void) { rmdir(base); }

/* Has places made far apart on the disk, where its file system can: ext4 looks for a free inode near others, and without a
   journal passes over each that was freed in the last minutes, one by one. Nothing to wait for in a floor. */
static void scatter_places(void) {
    int flags = 0;
    int opened = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened >= 0 && ioctl(opened, FS_IOC_GETFLAGS, &flags) == 0) {
        flags |= FS_TOPDIR_FL;
        ioctl(opened, FS_IOC_SETFLAGS, &flags);
    }
    close(opened);
}

/* A mount namespace of the program's own, so that nothing it mounts is seen outside. */
void unshare_mounts(void) {
    const char *folder = getenv("TMPDIR") ? getenv("TMPDIR") : "/var/tmp";
    snprintf(base, sizeof base, "%s/drydock-floor-%d", folder, (int)getpid());
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mkdir(base, 0700)) {
        perror("floor");
        exit(2);
    }
    atexit(remove_base);
    scatter_places();
}

static void folder(const struct place *place, const char *name) {
    char path[320];
    snprintf(path, sizeof path, "%s/%s", place->path, name);
    if (mkdir(path, 0755)) failed(path);
}

void make_place(struct place *place) {
    static unsigned number;
    snprintf(place->name, sizeof place->name, "floor-%d-%u", (int)getpid(), number++);
    snprintf(place->path, sizeof place->path, "%s/%s", base, place->name);
    if (mkdir(place->path, 0755)) failed(place->path);
    folder(place, "upper");
    folder(place, "work");
    folder(place, "merged");
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status, (void)kind, (void)walk;
    if (remove(path)) failed(path);
    return 0;
}

/* The overlay went with the container's mount namespace; its upper layer has what the mounts needed. */
void remove_place(const struct place *place) { nftw(place->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS); }
