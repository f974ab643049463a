#ifdef __linux__
#include "CLibcap.h"

#include <errno.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>

int32_t clibcap_count(void) { return (int32_t)cap_max_bits(); }

int32_t clibcap_number(const char *name) {
    cap_value_t value;
    return cap_from_name(name, &value) == 0 ? (int32_t)value : -EINVAL;
}

int32_t clibcap_name(int32_t number, char *name, size_t room) {
    char *text = cap_to_name((cap_value_t)number);
    if (!text) return -EINVAL;
    /* For a number it has no name for, the library answers the number. */
    int32_t answer = strncmp(text, "cap_", 4) != 0 ? -EINVAL : strlen(text) >= room ? -ERANGE : 0;
    if (answer == 0) strcpy(name, text);
    cap_free(text);
    return answer;
}

int32_t clibcap_drop_bounding(uint64_t keep) {
    for (cap_value_t value = 0; value < cap_max_bits(); value++) {
        if (keep & (UINT64_C(1) << value)) continue;
        if (cap_drop_bound(value) == 0) continue;
        /* What the caller's own bounding set lacks already needs no dropping, and perhaps there is no right to. */
        int32_t why = -errno;
        if (cap_get_bound(value) == 1) return why;
    }
    return 0;
}

static int32_t fill(cap_t capabilities, cap_flag_t flag, uint64_t bits) {
    for (cap_value_t value = 0; value < cap_max_bits(); value++) {
        if (!(bits & (UINT64_C(1) << value))) continue;
        if (cap_set_flag(capabilities, flag, 1, &value, CAP_SET) != 0) return -errno;
    }
    return 0;
}

int32_t clibcap_set(uint64_t effective, uint64_t permitted, uint64_t inheritable, uint64_t ambient) {
    cap_t capabilities = cap_init();
    if (!capabilities) return -ENOMEM;
    int32_t answer = fill(capabilities, CAP_EFFECTIVE, effective);
    if (answer == 0) answer = fill(capabilities, CAP_PERMITTED, permitted);
    if (answer == 0) answer = fill(capabilities, CAP_INHERITABLE, inheritable);
    if (answer == 0 && cap_set_proc(capabilities) != 0) answer = -errno;
    cap_free(capabilities);
    /* In one call: cap_reset_ambient asks for each of them first. */
    if (answer == 0 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) answer = -errno;
    for (cap_value_t value = 0; answer == 0 && value < cap_max_bits(); value++) {
        if (!(ambient & (UINT64_C(1) << value))) continue;
        if (cap_set_ambient(value, CAP_SET) != 0) answer = -errno;
    }
    return answer;
}
#endif
