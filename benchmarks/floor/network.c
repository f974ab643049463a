#define _GNU_SOURCE
#include "floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *bridge = "drydock-floor";
static int bridge_made;
static unsigned number;

struct message {
    struct nlmsghdr head;
    char body[1024];
};

static void *put(struct message *message, const void *bytes, size_t length) {
    char *end = (char *)message + NLMSG_ALIGN(message->head.nlmsg_len);
    if (length) memcpy(end, bytes, length);
    message->head.nlmsg_len = NLMSG_ALIGN(message->head.nlmsg_len) + (uint32_t)length;
    return end;
}

static struct rtattr *attribute(struct message *message, unsigned short type, const void *bytes, size_t length) {
    struct rtattr head = {.rta_type = type, .rta_len = (unsigned short)RTA_LENGTH(length)};
    struct rtattr *place = put(message, &head, sizeof head);
    if (length) put(message, bytes, length);
    return place;
}

static void close_attribute(struct message *message, struct rtattr *place) {
    message->head.nlmsg_len = NLMSG_ALIGN(message->head.nlmsg_len);
    place->rta_len = (unsigned short)((char *)message + message->head.nlmsg_len - (char *)place);
}

static struct message begin(unsigned short type, unsigned short flags) {
    struct message message = {.head = {.nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = type,
                                       .nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | flags)}};
    return message;
}

/* Sends one request and waits for the kernel's answer; 0 or -errno. */
static int ask(struct message *message) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    char buffer[8192];
    if (fd < 0 || send(fd, message, message->head.nlmsg_len, 0) < 0 || recv(fd, buffer, sizeof buffer, 0) < 0) {
        int error = -errno;
        if (fd >= 0) close(fd);
        return error;
    }
    close(fd);
    struct nlmsghdr *head = (struct nlmsghdr *)buffer;
    return head->nlmsg_type == NLMSG_ERROR ? ((struct nlmsgerr *)NLMSG_DATA(head))->error : 0;
}

static int link_message(struct message *message, int index, unsigned flags) {
    struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = flags, .ifi_change = flags};
    put(message, &link, sizeof link);
    return 0;
}

static void make_bridge(void) {
    struct message message = begin(RTM_NEWLINK, NLM_F_CREATE);
    link_message(&message, 0, IFF_UP);
    attribute(&message, IFLA_IFNAME, bridge, strlen(bridge) + 1);
    struct rtattr *info = attribute(&message, IFLA_LINKINFO, NULL, 0);
    attribute(&message, IFLA_INFO_KIND, "bridge", 6);
    close_attribute(&message, info);
    int error = ask(&message);
    if (error && error != -EEXIST) {
        errno = -error;
        failed("make the bridge");
    }
    bridge_made = 1;
}

/* One message: both ends, the inner one born in the container's namespace, the outer one on the bridge and up. */
void make_veth(pid_t pid) {
    if (!bridge_made) make_bridge();
    char outer[IFNAMSIZ];
    snprintf(outer, sizeof outer, "floor%u", number++ % 100000);
    uint32_t master = if_nametoindex(bridge), target = (uint32_t)pid;
    struct message message = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    link_message(&message, 0, IFF_UP);
    attribute(&message, IFLA_IFNAME, outer, strlen(outer) + 1);
    attribute(&message, IFLA_MASTER, &master, sizeof master);
    struct rtattr *info = attribute(&message, IFLA_LINKINFO, NULL, 0);
    attribute(&message, IFLA_INFO_KIND, "veth", 4);
    struct rtattr *data = attribute(&message, IFLA_INFO_DATA, NULL, 0);
    struct rtattr *peer = attribute(&message, VETH_INFO_PEER, NULL, 0);
    link_message(&message, 0, 0);
    attribute(&message, IFLA_IFNAME, "eth0", 5);
    attribute(&message, IFLA_NET_NS_PID, &target, sizeof target);
    close_attribute(&message, peer);
    close_attribute(&message, data);
    close_attribute(&message, info);
    int error = ask(&message);
    if (error) {
        errno = -error;
        failed("make the veth pair");
    }
}

static void up(const char *name) {
    struct message message = begin(RTM_NEWLINK, 0);
    link_message(&message, (int)if_nametoindex(name), IFF_UP);
    int error = ask(&message);
    if (error) {
        errno = -error;
        failed(name);
    }
}

/* Inside the container's namespace: loopback, and for the bridge an address and the default route. */
void configure_network(enum network network) {
    if (network == NETWORK_HOST) return;
    up("lo");
    if (network == NETWORK_NONE) return;
    up("eth0");
    uint32_t address = htonl(0xC6336400u + 2 + number % 200), gateway = htonl(0xC6336401u);
    int index = (int)if_nametoindex("eth0");
    struct message message = begin(RTM_NEWADDR, NLM_F_CREATE);
    struct ifaddrmsg own = {.ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = (unsigned)index};
    put(&message, &own, sizeof own);
    attribute(&message, IFA_LOCAL, &address, 4);
    attribute(&message, IFA_ADDRESS, &address, 4);
    int error = ask(&message);
    if (!error) {
        message = begin(RTM_NEWROUTE, NLM_F_CREATE);
        struct rtmsg route = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT,
                              .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST};
        put(&message, &route, sizeof route);
        attribute(&message, RTA_GATEWAY, &gateway, 4);
        attribute(&message, RTA_OIF, &index, sizeof index);
        error = ask(&message);
    }
    if (error) {
        errno = -error;
        failed("give eth0 its address and route");
    }
}

void remove_bridge(void) {
    if (!bridge_made) return;
    struct message message = begin(RTM_DELLINK, 0);
    link_message(&message, (int)if_nametoindex(bridge), 0);
    if (ask(&message)) fprintf(stderr, "floor: the bridge %s could not be removed\n", bridge);
}
