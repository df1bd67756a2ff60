/* The least an upstream can be: one thread, kept connections, the same small answer to every GET.
 *
 *   upstream      listens on a free port of 127.0.0.1 and prints it */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { connections_max = 65536, head_max = 8192 };

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 62\r\n\r\n"
    "{\"id\":\"01a20e38-4482-7eb0-bfaa-3dd69201cfed\",\"status\":\"Fixed\"}";

struct connection {
    size_t used;
    char head[head_max];
};
static struct connection* connections[connections_max];

static void drop(int socket) {
    free(connections[socket]);
    connections[socket] = NULL;
    close(socket);
}

static void accept_one(int poll, int listener) {
    const int one = 1;
    const int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (socket < 0) return;
    if (socket >= connections_max) {
        close(socket);
        return;
    }
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connections[socket] = calloc(1, sizeof(struct connection));
    struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
    epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
}

static void serve(int socket) {
    struct connection* connection = connections[socket];
    const ssize_t size =
        read(socket, connection->head + connection->used, head_max - connection->used);
    if (size <= 0) {
        drop(socket);
        return;
    }
    connection->used += (size_t)size;
    if (connection->used < 4 ||
        memcmp(connection->head + connection->used - 4, "\r\n\r\n", 4) != 0) {
        if (connection->used == head_max) drop(socket);
        return;
    }
    connection->used = 0;
    if (write(socket, answer, sizeof answer - 1) != (ssize_t)sizeof answer - 1) drop(socket);
}

int main(void) {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 ||
        listen(listener, 1024) != 0 ||
        getsockname(listener, (struct sockaddr*)&address, &length) != 0) {
        perror("upstream");
        return 1;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    const int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        const int ready = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < ready; ++i) {
            if (events[i].data.fd == listener)
                accept_one(poll, listener);
            else
                serve(events[i].data.fd);
        }
    }
}
