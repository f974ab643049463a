#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

int32_t clinux_netlink_open(int32_t protocol, uint32_t groups) {
    int32_t fd = ANSWER(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
    if (fd < 0) return fd;
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
    int32_t answer = ANSWER(bind(fd, (struct sockaddr *)&address, sizeof address));
    if (answer < 0) {
        close(fd);
        return answer;
    }
    /* Both only make answers shorter and more telling; a kernel without them answers as well. */
    int on = 1;
    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    return fd;
}

int64_t clinux_netlink_port(int32_t fd) {
    struct sockaddr_nl address;
    socklen_t length = sizeof address;
    int32_t answer = ANSWER(getsockname(fd, (struct sockaddr *)&address, &length));
    return answer < 0 ? answer : (int64_t)address.nl_pid;
}

static int32_t attach_filter(int32_t fd, struct sock_filter *program, size_t length) {
    struct sock_fprog filter = {.len = (unsigned short)length, .filter = program};
    return ANSWER(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
}

int32_t clinux_netlink_ignore_sender(int32_t fd, uint32_t port) {
    /* Classic BPF loads words in network order, netlink writes them in the host's. */
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct nlmsghdr, nlmsg_pid)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(port), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    };
    return attach_filter(fd, program, sizeof program / sizeof *program);
}

static socklen_t host_address(struct sockaddr_storage *storage, int32_t is_ipv6, const uint8_t *address,
                              uint16_t port) {
    memset(storage, 0, sizeof *storage);
    if (is_ipv6) {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        memcpy(&six->sin6_addr, address, 16);
        return sizeof *six;
    }
    struct sockaddr_in *four = (struct sockaddr_in *)storage;
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    memcpy(&four->sin_addr, address, 4);
    return sizeof *four;
}

int32_t clinux_reserve_port(int32_t is_ipv6, int32_t is_datagram, const uint8_t *address, uint16_t port) {
    int kind = is_datagram ? SOCK_DGRAM : SOCK_STREAM;
    int32_t fd = ANSWER(socket(is_ipv6 ? AF_INET6 : AF_INET, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (fd < 0) return fd;
    int on = 1;
    /* What still reaches this socket is dropped: nobody ever reads from it. */
    struct sock_filter drop_all[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    int32_t answer = attach_filter(fd, drop_all, 1);
    if (answer >= 0 && is_ipv6) answer = ANSWER(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
    /* Connections in TIME_WAIT do not hold a port back; a listener does, at listen(2) at the latest. */
    if (answer >= 0 && !is_datagram) answer = ANSWER(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    struct sockaddr_storage storage;
    socklen_t length = host_address(&storage, is_ipv6, address, port);
    if (answer >= 0) answer = ANSWER(bind(fd, (struct sockaddr *)&storage, length));
    if (answer >= 0 && !is_datagram) answer = ANSWER(listen(fd, 1));
    if (answer < 0) {
        close(fd);
        return answer;
    }
    return fd;
}

int32_t clinux_name_thread(const char *name) { return -pthread_setname_np(pthread_self(), name); }
#endif
