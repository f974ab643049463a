#ifndef CLINUX_COMMON_H
#define CLINUX_COMMON_H

#ifndef _GNU_SOURCE
#error "CLinux is compiled with _GNU_SOURCE"
#endif

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CLinux.h"

/* -errno for a failed call, its answer otherwise. */
#define ANSWER(call)                      \
    ({                                    \
        __typeof__(call) answer_ = (call); \
        answer_ < 0 ? -errno : answer_;   \
    })

/* The same, tried again as long as a signal interrupts it. */
#define ANSWER_RETRY(call)                                 \
    ({                                                     \
        __typeof__(call) answer_;                          \
        do {                                               \
            answer_ = (call);                              \
        } while (answer_ < 0 && errno == EINTR);           \
        answer_ < 0 ? -errno : answer_;                    \
    })

#endif
