/*
 * Capabilities through libcap, as bit sets: bit N is capability N, as in /proc/PID/status.
 * Every function answers 0 or -errno.
 */
#ifndef CLIBCAP_H
#define CLIBCAP_H

#include <stddef.h>
#include <stdint.h>

/* Drops from the bounding set everything that is not in `keep`. */
int32_t clibcap_drop_bounding(uint64_t keep);
/* Sets the calling thread's capabilities; `ambient` must lie within permitted and inheritable. */
int32_t clibcap_set(uint64_t effective, uint64_t permitted, uint64_t inheritable, uint64_t ambient);
/* How many capabilities this kernel knows. */
int32_t clibcap_count(void);
/* The number of a capability by its name, "cap_chown", or -EINVAL. */
int32_t clibcap_number(const char *name);
/* The name of a capability, "cap_chown", with its final zero byte; -ERANGE where `room` is too small, -EINVAL where the
 * library has no name for it. */
int32_t clibcap_name(int32_t number, char *name, size_t room);

#endif
