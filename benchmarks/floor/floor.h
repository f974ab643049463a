#ifndef FLOOR_H
#define FLOOR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { STEPS = 32 };
enum network { NETWORK_NONE, NETWORK_HOST, NETWORK_BRIDGE };

/* What parent and child tell each other: memory that both see. */
struct shared {
    pid_t parent;
    int count;
    struct { char name[32]; uint64_t at; } steps[STEPS];
    char error[256];
};
extern struct shared *shared;

uint64_t now(void);
/* Notes that a step has ended. */
void step(const char *name);
/* Notes what failed with errno; a child ends. */
void failed(const char *what);
void *share(size_t size);

/* The folders of one container (files.c). */
struct place { char name[64]; char path[256]; };
void unshare_mounts(void);
void make_place(struct place *place);
void remove_place(const struct place *place);

/* Its cgroups, v1 or v2 (cgroup.c). */
enum { HIERARCHIES = 16 };
struct cgroup { int count; char path[HIERARCHIES][320]; int v2; };
void make_cgroup(struct cgroup *cgroup, const char *name);
void attach_cgroup(const struct cgroup *cgroup, pid_t pid);
void remove_cgroup(const struct cgroup *cgroup);

/* Its network (network.c). */
void make_veth(pid_t pid);
void configure_network(enum network network);
void remove_bridge(void);

/* What runs inside (inside.c); never returns. */
/* Makes the filter; with `list` prints what it lets pass, one a line. */
void compile_filter(int list);
void run_inside(const char *rootfs, const struct place *place, enum network network, int output) __attribute__((noreturn));

#endif
