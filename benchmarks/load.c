/* Load generator for a WebSocket room server: one thread, epoll, no dependencies.
 *
 *   load --mode send|deliver|latency|idle|http --port P --spec FILE [options]
 *
 * The spec file has one item a line: "token <jwt>", "room <uuid>", "path <request target>" (mode http).
 * Socket i uses token i modulo their number. One line of JSON goes to standard output, faults go to standard error
 * with exit status 1. Server frames are not parsed as JSON: what they are is read off their first bytes.
 *
 * send     sockets share the in-flight window; each belongs to one room (or, with fewer sockets than rooms, to several)
 * deliver  all sockets are in one room, the first --senders of them send; every message.new at any of them counts
 * latency  all sockets in one room, the first one sends at a fixed rate; a message's time ends at its last reader
 * ask      sockets ask Jarvis, one question at a time each; a question's time ends with the answer, and its first word
 *          is the first piece of the answer that is not empty
 * idle     opens the sockets, joins, prints {"ready": n}, and holds them until standard input closes
 * http     GETs each path once over one kept-alive connection, one after the other
 *
 * With --other-port there is a second server: in mode deliver every second socket is there, in mode latency all but the
 * first, which then only sends and is no reader.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_BYTES (1 << 20)
#define FRAME_LIMIT (BUFFER_BYTES / 2)
#define EVENTS 1024
#define OPENING_AT_ONCE 64
#define OPENING_TIMEOUT 120.0
#define DRAIN_TIMEOUT 15.0
#define CALL "자비스야 "

enum mode { MODE_SEND, MODE_DELIVER, MODE_LATENCY, MODE_IDLE, MODE_HTTP, MODE_ASK };
enum state { CONNECTING, UPGRADING, JOINING, READY, CLOSED };

struct connection {
    int fd;
    enum state state;
    unsigned index, joins_due;
    unsigned window, in_flight, next_room;
    bool waits_for_write;
    uint64_t received; /* message.new frames */
    uint64_t seq;      /* newest seq seen, 0: none; kept for the first socket of each room */
    uint64_t asked;    /* number of the question that it waits for */
    char *out;
    size_t out_length, out_capacity;
    char *rest;
    size_t rest_length, rest_capacity;
};

struct sample {
    uint64_t messages, acks, answers, frames, bytes, reads;
    double at, user_cpu, server_cpu;
    uint64_t core_busy[2], core_all[2];
};

static enum mode mode;
static const char *host = "127.0.0.1";
static int port, other_port, epoll_fd, timer_fd = -1, server_pid, cores[2] = {-1, -1};
static unsigned socket_count = 1, sender_count = 0, window_total = 1, content_bytes = 100;
static double seconds = 5, warmup = 1.5, rate = 100;

static char **tokens, **rooms, **paths;
static unsigned token_count, room_count, path_count;

static struct connection *connections;
static char *buffer;
static uint64_t run_id;
static char marker[16]; /* "#<12 hex of the run>:" */
static size_t marker_length;
static char filler[65536];

static uint64_t total_messages, total_acks, total_answers, total_bytes, total_reads;
static uint64_t total_frames; /* message.new only */
static uint64_t other_frames, sequence_gaps, closed_connections, error_frames;
static unsigned close_code, ready_connections;
static char first_error[200];
static bool sending;

/* by message number */
static uint64_t *sent_at, *ended_at, *begun_at; /* begun_at: the first word of the answer */
static uint32_t *readers_reached;
static uint64_t message_capacity;

static __attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...) {
    va_list arguments;
    __builtin_va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    __builtin_va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static double now(void) { return (double)now_ns() / 1e9; }

static void *grown(void *old, size_t bytes) {
    void *memory = realloc(old, bytes);
    if (!memory) fail("out of memory");
    return memory;
}

/* ---- measuring the processes and cores ---- */

static double process_cpu(int pid) {
    char path[64], text[1024];
    if (pid <= 0) return 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    char *after_name = strrchr(text, ')');
    unsigned long user = 0, system = 0;
    if (!after_name ||
        sscanf(after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        return 0;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void core_times(int core, uint64_t *busy, uint64_t *all) {
    char line[512], name[16];
    *busy = *all = 0;
    FILE *file = core < 0 ? NULL : fopen("/proc/stat", "r");
    if (!file) return;
    int name_length = snprintf(name, sizeof name, "cpu%d ", core);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, name, (size_t)name_length)) continue;
        char *at = line + name_length;
        for (int field = 0; field < 8; field++) {
            uint64_t value = strtoull(at, &at, 10);
            *all += value;
            if (field != 3 && field != 4) *busy += value; /* 3: idle, 4: waiting for I/O */
        }
    }
    fclose(file);
}

static struct sample take_sample(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    struct sample s = {.messages = total_messages, .acks = total_acks, .answers = total_answers, .frames = total_frames,
                       .bytes = total_bytes, .reads = total_reads, .at = now(), .server_cpu = process_cpu(server_pid)};
    s.user_cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    for (int i = 0; i < 2; i++) core_times(cores[i], &s.core_busy[i], &s.core_all[i]);
    return s;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(const double *sorted, size_t count, double share) {
    if (!count) return 0;
    size_t rank = (size_t)(share * (double)count);
    if ((double)rank < share * (double)count) rank++; /* nearest rank, from 1 */
    return sorted[rank ? rank - 1 : 0];
}

static void print_times(const char *name, double *values, size_t count) { /* values in ms */
    qsort(values, count, sizeof *values, compare);
    printf(", \"%s\": {\"count\": %zu, \"median_ms\": %.4f, \"p99_ms\": %.4f, \"max_ms\": %.4f}", name, count,
           percentile(values, count, 0.5), percentile(values, count, 0.99), count ? values[count - 1] : 0.0);
}

/* ---- writing ---- */

static void watch(struct connection *c, bool for_write) {
    struct epoll_event event = {.events = EPOLLIN | (for_write ? EPOLLOUT : 0u), .data.u32 = c->index};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event)) fail("epoll_ctl: %s", strerror(errno));
    c->waits_for_write = for_write;
}

static void shut(struct connection *c, unsigned code) {
    if (c->state == CLOSED) return;
    c->state = CLOSED;
    close(c->fd);
    closed_connections++;
    if (code) close_code = code;
}

static void flush(struct connection *c) {
    if (!c->out_length || c->state == CLOSED) return;
    ssize_t written = send(c->fd, c->out, c->out_length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (written < 0) {
        if (errno != EAGAIN) {
            shut(c, 0);
            return;
        }
        written = 0;
    }
    c->out_length -= (size_t)written;
    memmove(c->out, c->out + written, c->out_length);
    if ((c->out_length > 0) != c->waits_for_write) watch(c, c->out_length > 0);
}

static char *room_for(struct connection *c, size_t bytes) {
    if (c->out_length + bytes > c->out_capacity) {
        c->out_capacity = (c->out_length + bytes) * 2;
        c->out = grown(c->out, c->out_capacity);
    }
    return c->out + c->out_length;
}

/* A client frame must be masked; with a key of zero the masked payload is the payload. */
static void put_frame(struct connection *c, unsigned opcode, const char *payload, size_t length) {
    unsigned char *at = (unsigned char *)room_for(c, length + 14);
    size_t header = 0;
    at[header++] = (unsigned char)(0x80u | opcode);
    if (length < 126) {
        at[header++] = (unsigned char)(0x80u | length);
    } else if (length < 65536) {
        at[header++] = 0x80u | 126u;
        at[header++] = (unsigned char)(length >> 8);
        at[header++] = (unsigned char)length;
    } else {
        at[header++] = 0x80u | 127u;
        for (int shift = 56; shift >= 0; shift -= 8) at[header++] = (unsigned char)((uint64_t)length >> shift);
    }
    memset(at + header, 0, 4);
    memcpy(at + header + 4, payload, length);
    c->out_length += header + 4 + length;
}

static unsigned first_room(const struct connection *c) { return c->index % room_count; }

static unsigned rooms_of(const struct connection *c) { /* a socket serves rooms index, index + sockets, ... */
    if (mode != MODE_SEND || room_count <= socket_count) return 1;
    return (room_count - c->index + socket_count - 1) / socket_count;
}

static void put_message(struct connection *c) {
    static char text[70000];
    uint64_t number = total_messages++;
    if (number >= message_capacity) {
        message_capacity = message_capacity ? message_capacity * 2 : 1 << 16;
        sent_at = grown(sent_at, message_capacity * sizeof *sent_at);
        ended_at = grown(ended_at, message_capacity * sizeof *ended_at);
        begun_at = grown(begun_at, message_capacity * sizeof *begun_at);
        readers_reached = grown(readers_reached, message_capacity * sizeof *readers_reached);
    }
    unsigned room = (first_room(c) + socket_count * c->next_room) % room_count;
    c->next_room = (c->next_room + 1) % rooms_of(c);
    int length = snprintf(text, sizeof text,
                          "{\"type\":\"message.send\",\"roomId\":\"%s\",\"clientTempId\":\"%08llx-%04llx-7000-8000-%012llx\","
                          "\"content\":\"%s%s%012llx# %s\"}",
                          rooms[room], (unsigned long long)(run_id >> 16), (unsigned long long)(run_id & 0xffff),
                          (unsigned long long)number, mode == MODE_ASK ? CALL : "", marker, (unsigned long long)number,
                          filler);
    sent_at[number] = now_ns();
    ended_at[number] = begun_at[number] = 0;
    c->asked = number;
    readers_reached[number] = 0;
    put_frame(c, 1, text, (size_t)length);
    c->in_flight++;
}

static void fill_window(struct connection *c) {
    while (sending && c->in_flight < c->window) put_message(c);
}

/* ---- reading ---- */

static uint64_t hex12(const char *at) {
    uint64_t value = 0;
    for (int i = 0; i < 12; i++) {
        char d = at[i];
        value = value << 4 | (uint64_t)(d <= '9' ? d - '0' : (d | 32) - 'a' + 10);
    }
    return value;
}

static bool is_type(const char *payload, size_t length, const char *name) {
    static const char opening[] = "{\"type\":\"";
    size_t name_length = strlen(name), opening_length = sizeof opening - 1;
    if (length > opening_length + name_length && !memcmp(payload, opening, opening_length))
        return !memcmp(payload + opening_length, name, name_length) && payload[opening_length + name_length] == '"';
    char *found = memmem(payload, length < 40 ? length : 40, name, name_length); /* other spacing of the JSON */
    return found && found[-1] == '"' && found[name_length] == '"';
}

static void on_ack(struct connection *c, const char *payload, size_t length) {
    static const char field[] = "clientTempId\":";
    char *at = memmem(payload, length, field, sizeof field - 1);
    if (at) {
        at += sizeof field - 1;
        while (at < payload + length && *at != '"') at++;
    }
    if (!at || at + 38 > payload + length) fail("an ack without clientTempId: %.*s", (int)length, payload);
    uint64_t number = hex12(at + 25);
    if (number >= total_messages) fail("an ack for a message that was not sent: %.*s", (int)length, payload);
    if (mode == MODE_ASK) {
        total_acks++;
        return;
    }
    if (mode != MODE_LATENCY) {
        if (ended_at[number]) fail("a message acknowledged twice: %.*s", (int)length, payload);
        ended_at[number] = now_ns();
    }
    total_acks++;
    c->in_flight--;
    fill_window(c);
}

static void check_order(struct connection *c, const char *payload, size_t length) {
    char *at = memmem(payload, length, "\"seq\":", 6);
    if (!at) return;
    uint64_t seq = strtoull(at + 6, NULL, 10);
    if (c->seq && seq != c->seq + 1) sequence_gaps++;
    c->seq = seq;
}

static void on_message(struct connection *c, const char *payload, size_t length) {
    c->received++;
    total_frames++;
    if (c->index < room_count) check_order(c, payload, length);
    if (mode != MODE_LATENCY || (other_port && !c->index)) return;
    char *at = memmem(payload, length, marker, marker_length);
    if (!at) return;
    uint64_t number = hex12(at + marker_length);
    if (number >= total_messages) fail("a message that was not sent: %.*s", (int)length, payload);
    if (++readers_reached[number] == socket_count - (other_port ? 1 : 0)) ended_at[number] = now_ns();
}

static void on_piece(struct connection *c, const char *payload, size_t length) {
    if (!total_messages || begun_at[c->asked] || memmem(payload, length, "\"chunk\":\"\"", 10)) return;
    begun_at[c->asked] = now_ns();
}

static void on_answer(struct connection *c, const char *payload, size_t length) {
    if (!c->in_flight) fail("an answer that nobody asked for");
    ended_at[c->asked] = now_ns();
    total_answers++;
    check_order(c, payload, length);
    c->in_flight--;
    fill_window(c);
}

static void on_text(struct connection *c, const char *payload, size_t length) {
    if (c->state == READY && is_type(payload, length, "message.new")) {
        on_message(c, payload, length);
    } else if (c->state == READY && is_type(payload, length, "message.ack")) {
        on_ack(c, payload, length);
    } else if (c->state == JOINING && is_type(payload, length, "room.joined")) {
        if (--c->joins_due == 0) {
            c->state = READY;
            ready_connections++;
        }
    } else if (mode == MODE_ASK && c->state == READY && is_type(payload, length, "bot.stream")) {
        on_piece(c, payload, length);
    } else if (mode == MODE_ASK && c->state == READY && is_type(payload, length, "bot.done")) {
        on_answer(c, payload, length);
    } else if (is_type(payload, length, "error") || is_type(payload, length, "bot.failed")) {
        if (!error_frames++) snprintf(first_error, sizeof first_error, "%.*s", (int)length, payload);
    } else {
        other_frames++;
    }
}

static void on_frame(struct connection *c, unsigned opcode, const char *payload, size_t length) {
    if (opcode == 1) {
        on_text(c, payload, length);
    } else if (opcode == 9) {
        put_frame(c, 10, payload, length);
    } else if (opcode == 8) {
        unsigned code = length >= 2 ? (unsigned)(unsigned char)payload[0] << 8 | (unsigned char)payload[1] : 1005;
        shut(c, code);
    } else if (opcode != 10) {
        fail("a frame with opcode %u", opcode);
    }
}

/* Returns how many bytes were whole frames. */
static size_t parse_frames(struct connection *c, const char *data, size_t length) {
    size_t at = 0;
    while (c->state != CLOSED && length - at >= 2) {
        const unsigned char *p = (const unsigned char *)data + at;
        uint64_t size = p[1] & 127u;
        size_t header = 2;
        if (size == 126) {
            header = 4;
            if (length - at < header) break;
            size = (uint64_t)p[2] << 8 | p[3];
        } else if (size == 127) {
            header = 10;
            if (length - at < header) break;
            size = 0;
            for (int i = 2; i < 10; i++) size = size << 8 | p[i];
        }
        if (size > FRAME_LIMIT) fail("a frame of %llu bytes", (unsigned long long)size);
        if (length - at < header + size) break;
        if (!(p[0] & 0x80u) || (p[0] & 0x70u)) fail("a fragmented or compressed frame, which was not asked for");
        on_frame(c, p[0] & 15u, data + at + header, size);
        at += header + size;
    }
    return at;
}

static void put_joins(struct connection *c) {
    char text[200];
    c->joins_due = rooms_of(c);
    for (unsigned i = 0; i < c->joins_due; i++) {
        int length = snprintf(text, sizeof text, "{\"type\":\"room.join\",\"roomId\":\"%s\"}",
                              rooms[(first_room(c) + i * socket_count) % room_count]);
        put_frame(c, 1, text, (size_t)length);
    }
    c->state = JOINING;
}

static size_t parse_upgrade(struct connection *c, char *data, size_t length) {
    char *end = memmem(data, length, "\r\n\r\n", 4);
    if (!end) return 0;
    if (length < 12 || memcmp(data, "HTTP/1.1 101", 12)) fail("the upgrade was refused: %.*s", (int)(end - data), data);
    put_joins(c);
    return (size_t)(end + 4 - data);
}

static void on_readable(struct connection *c) {
    size_t length = c->rest_length;
    if (length) memcpy(buffer, c->rest, length);
    ssize_t got = recv(c->fd, buffer + length, BUFFER_BYTES - length, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        if (c->state != READY) fail("a connection ended while it was set up (%s)", got ? strerror(errno) : "closed");
        shut(c, 1006);
        return;
    }
    total_reads++;
    total_bytes += (uint64_t)got;
    length += (size_t)got;
    size_t used = c->state == UPGRADING ? parse_upgrade(c, buffer, length) : 0;
    if (c->state != UPGRADING) used += parse_frames(c, buffer + used, length - used);
    c->rest_length = length - used;
    if (c->rest_length > c->rest_capacity) {
        c->rest_capacity = c->rest_length * 2;
        c->rest = grown(c->rest, c->rest_capacity);
    }
    if (c->rest_length) memcpy(c->rest, buffer + used, c->rest_length);
    flush(c);
}

/* ---- connecting ---- */

static int port_of(unsigned index) {
    bool elsewhere = mode == MODE_LATENCY ? index > 0 : index % 2 == 1;
    return other_port && elsewhere ? other_port : port;
}

static struct sockaddr_in server_address(int at_port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)at_port)};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail("%s is no IPv4 address", host);
    return address;
}

static void start_connection(unsigned index) {
    struct connection *c = &connections[index];
    struct sockaddr_in address = server_address(port_of(index));
    int on = 1;
    c->index = index;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) fail("socket %u: %s", index, strerror(errno));
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
        fail("connect %u: %s", index, strerror(errno));
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = index};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event)) fail("epoll_ctl: %s", strerror(errno));
    c->waits_for_write = true;
}

static void on_connected(struct connection *c) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) fail("connect %u: %s", c->index, strerror(error));
    const char *token = tokens[c->index % token_count];
    size_t limit = strlen(token) + 300;
    char *at = room_for(c, limit);
    c->out_length += (size_t)snprintf(at, limit,
                                      "GET /ws?token=%s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                      "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                                      token, host, port_of(c->index));
    c->state = UPGRADING;
    flush(c);
    if (c->waits_for_write && !c->out_length) watch(c, false);
}

static void send_due_messages(void) {
    uint64_t due = 0;
    if (read(timer_fd, &due, sizeof due) != sizeof due) return;
    struct connection *c = &connections[0];
    for (; sending && due && c->state == READY; due--) {
        put_message(c);
        flush(c);
    }
}

/* Waits for events, at most until the given moment, and handles them. */
static bool turn(double until) {
    struct epoll_event events[EVENTS];
    double left = until - now();
    if (left < 0) left = 0;
    int count = epoll_wait(epoll_fd, events, EVENTS, (int)(left * 1000 + 0.999));
    if (count < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        if (events[i].data.u32 == UINT32_MAX) {
            send_due_messages();
            continue;
        }
        if (events[i].data.u32 == UINT32_MAX - 1) return false; /* standard input closed */
        struct connection *c = &connections[events[i].data.u32];
        if (c->state == CONNECTING) {
            on_connected(c);
        } else if (c->state != CLOSED) {
            if (events[i].events & EPOLLOUT) flush(c);
            if (c->state != CLOSED && events[i].events & ~(uint32_t)EPOLLOUT) on_readable(c);
        }
    }
    return true;
}

static void open_all(void) {
    double limit = now() + OPENING_TIMEOUT;
    unsigned started = 0;
    connections = calloc(socket_count, sizeof *connections);
    if (!connections) fail("out of memory");
    while (ready_connections < socket_count) {
        while (started < socket_count && started - ready_connections < OPENING_AT_ONCE) start_connection(started++);
        turn(limit);
        if (error_frames) fail("an error while joining: %s", first_error);
        if (closed_connections) fail("a connection was closed while joining, code %u", close_code);
        if (now() > limit) fail("%u of %u connections ready in time", ready_connections, socket_count);
    }
}

/* ---- modes ---- */

static void run_until(double moment) {
    while (now() < moment) turn(moment);
}

static bool drained(void) {
    if (total_acks < total_messages) return false;
    if (mode == MODE_ASK) return total_answers >= total_messages;
    if (mode == MODE_SEND) return true;
    for (unsigned i = 0; i < socket_count; i++)
        if (connections[i].state == READY && connections[i].received < total_messages) return false;
    return true;
}

static uint64_t missing_frames(void) {
    uint64_t missing = 0;
    if (mode == MODE_SEND || mode == MODE_ASK) return 0;
    for (unsigned i = 0; i < socket_count; i++)
        if (connections[i].received < total_messages) missing += total_messages - connections[i].received;
    return missing;
}

static void start_sending(void) {
    sending = true;
    if (mode == MODE_LATENCY) {
        double period = 1e9 / rate;
        struct itimerspec spec = {.it_interval = {(time_t)(period / 1e9), (long)((uint64_t)period % 1000000000ull)},
                                  .it_value = {0, 1000000}};
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
        timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        if (timer_fd < 0 || timerfd_settime(timer_fd, 0, &spec, NULL) || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &event))
            fail("timer: %s", strerror(errno));
        return;
    }
    for (unsigned i = 0; i < sender_count; i++) {
        struct connection *c = &connections[i];
        c->window = window_total / sender_count + (i < window_total % sender_count);
        fill_window(c);
        flush(c);
    }
}

static void run_messages(void) {
    open_all();
    start_sending();
    run_until(now() + warmup);
    struct sample from = take_sample();
    run_until(from.at + seconds);
    struct sample to = take_sample();
    sending = false;
    double limit = now() + DRAIN_TIMEOUT;
    while (!drained() && now() < limit) turn(limit);

    double elapsed = to.at - from.at;
    printf("{\"seconds\": %.3f, \"sockets\": %u, \"senders\": %u, \"in_flight\": %u, \"rooms\": %u", elapsed, socket_count,
           mode == MODE_LATENCY ? 1 : sender_count, window_total, room_count);
    printf(", \"sends_per_second\": %.1f, \"frames_per_second\": %.1f, \"megabytes_per_second\": %.1f, \"frames_per_read\": %.2f",
           (double)(to.acks - from.acks) / elapsed, (double)(to.frames - from.frames) / elapsed,
           (double)(to.bytes - from.bytes) / elapsed / 1e6,
           to.reads > from.reads ? (double)(to.frames - from.frames) / (double)(to.reads - from.reads) : 0.0);
    printf(", \"load_cpu\": %.3f, \"server_cpu\": %.3f", (to.user_cpu - from.user_cpu) / elapsed,
           (to.server_cpu - from.server_cpu) / elapsed);
    for (int i = 0; i < 2; i++)
        if (to.core_all[i] > from.core_all[i])
            printf(", \"%s_core_busy\": %.3f", i ? "load" : "server",
                   (double)(to.core_busy[i] - from.core_busy[i]) / (double)(to.core_all[i] - from.core_all[i]));

    double *times = grown(NULL, (size_t)(to.messages + 1) * sizeof *times);
    size_t count = 0;
    if (mode == MODE_ASK) {
        for (uint64_t number = from.messages; number < to.messages; number++)
            if (begun_at[number]) times[count++] = (double)(begun_at[number] - sent_at[number]) / 1e6;
        printf(", \"questions_per_second\": %.1f, \"unanswered\": %llu", (double)(to.answers - from.answers) / elapsed,
               (unsigned long long)(total_messages - total_answers));
        print_times("first_word", times, count);
        count = 0;
    }
    for (uint64_t number = from.messages; number < to.messages; number++)
        if (ended_at[number]) times[count++] = (double)(ended_at[number] - sent_at[number]) / 1e6;
    print_times(mode == MODE_LATENCY ? "last_reader" : mode == MODE_ASK ? "answer" : "ack", times, count);
    printf(", \"drain_seconds\": %.3f, \"unacknowledged\": %llu, \"missing_frames\": %llu, \"sequence_gaps\": %llu", now() - to.at,
           (unsigned long long)(total_messages - total_acks), (unsigned long long)missing_frames(),
           (unsigned long long)sequence_gaps);
    printf(", \"closed\": %llu, \"close_code\": %u, \"errors\": %llu}\n", (unsigned long long)closed_connections, close_code,
           (unsigned long long)error_frames);
    if (error_frames) fprintf(stderr, "first error: %s\n", first_error);
}

static void run_idle(void) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLHUP, .data.u32 = UINT32_MAX - 1};
    open_all();
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event)) fail("standard input must be a pipe");
    printf("{\"ready\": %u}\n", ready_connections);
    fflush(stdout);
    while (turn(now() + 1))
        if (closed_connections) fail("an idle connection was closed, code %u", close_code);
}

static size_t read_response(int fd, unsigned *status) { /* returns the body's length; the body is at buffer + return of header */
    size_t length = 0, header = 0, body = 0;
    while (!header || length < header + body) {
        ssize_t got = recv(fd, buffer + length, BUFFER_BYTES - 1 - length, 0);
        if (got <= 0) fail("the connection ended inside a response");
        length += (size_t)got;
        buffer[length] = 0;
        char *end = header ? NULL : memmem(buffer, length, "\r\n\r\n", 4);
        if (end) {
            header = (size_t)(end + 4 - buffer);
            *end = 0;
            char *field = strcasestr(buffer, "\r\ncontent-length:");
            if (!field || sscanf(buffer, "HTTP/1.1 %u", status) != 1) fail("a response without status or length: %s", buffer);
            body = strtoull(field + 17, NULL, 10);
            if (header + body >= BUFFER_BYTES) fail("a response of %zu bytes", body);
        }
    }
    memmove(buffer, buffer + header, body);
    buffer[body] = 0;
    return body;
}

static void run_http(void) {
    struct sockaddr_in address = server_address(port);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect: %s", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    double *times = grown(NULL, (path_count + 1) * sizeof *times);
    size_t count = 0, skipped = (size_t)warmup; /* in this mode, warmup counts requests */
    uint64_t body_bytes = 0, items = 0;
    for (unsigned i = 0; i < path_count; i++) {
        static char request[8192];
        unsigned status = 0;
        int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nAuthorization: Bearer %s\r\n\r\n", paths[i],
                              host, port, tokens[0]);
        uint64_t started = now_ns();
        if (length >= (int)sizeof request || send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) fail("send: %s", strerror(errno));
        size_t body = read_response(fd, &status);
        if (i >= skipped) times[count++] = (double)(now_ns() - started) / 1e6;
        if (status != 200) fail("status %u for %s: %.200s", status, paths[i], buffer);
        body_bytes += body;
        for (char *at = buffer; (at = strstr(at, "\"senderType\"")); at++) items++;
    }
    printf("{\"requests\": %u, \"items_per_page\": %.2f, \"bytes_per_page\": %.0f", path_count,
           path_count ? (double)items / path_count : 0.0, path_count ? (double)body_bytes / path_count : 0.0);
    print_times("page", times, count);
    printf("}\n");
}

/* ---- start ---- */

static void read_spec(const char *name) {
    FILE *file = fopen(name, "r");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    if (!file) fail("%s: %s", name, strerror(errno));
    while ((length = getline(&line, &capacity, file)) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        char ***list = !strncmp(line, "token ", 6) ? &tokens : !strncmp(line, "room ", 5) ? &rooms : &paths;
        unsigned *count = list == &tokens ? &token_count : list == &rooms ? &room_count : &path_count;
        char *space = strchr(line, ' ');
        if (!space) continue;
        *list = grown(*list, (*count + 1) * sizeof **list);
        if (!((*list)[(*count)++] = strdup(space + 1))) fail("out of memory");
    }
    free(line);
    fclose(file);
}

static enum mode mode_named(const char *name) {
    static const char *const names[] = {"send", "deliver", "latency", "idle", "http", "ask"};
    for (int i = 0; i < 6; i++)
        if (!strcmp(name, names[i])) return (enum mode)i;
    fail("unknown mode %s", name);
}

static void read_options(int argc, char **argv) {
    static const struct option options[] = {
        {"mode", 1, 0, 'm'},    {"host", 1, 0, 'h'},    {"port", 1, 0, 'p'},       {"spec", 1, 0, 'f'},
        {"sockets", 1, 0, 's'}, {"senders", 1, 0, 'n'}, {"in-flight", 1, 0, 'w'},  {"seconds", 1, 0, 't'},
        {"warmup", 1, 0, 'u'},  {"rate", 1, 0, 'r'},    {"server-pid", 1, 0, 'P'}, {"server-core", 1, 0, 'c'},
        {"load-core", 1, 0, 'l'}, {"content-bytes", 1, 0, 'b'},
        {"other-port", 1, 0, 'o'}, {0, 0, 0, 0}};
    const char *spec = NULL;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
            case 'm': mode = mode_named(optarg); break;
            case 'h': host = optarg; break;
            case 'p': port = atoi(optarg); break;
            case 'f': spec = optarg; break;
            case 's': socket_count = (unsigned)atoi(optarg); break;
            case 'n': sender_count = (unsigned)atoi(optarg); break;
            case 'w': window_total = (unsigned)atoi(optarg); break;
            case 't': seconds = atof(optarg); break;
            case 'u': warmup = atof(optarg); break;
            case 'r': rate = atof(optarg); break;
            case 'P': server_pid = atoi(optarg); break;
            case 'c': cores[0] = atoi(optarg); break;
            case 'l': cores[1] = atoi(optarg); break;
            case 'o': other_port = atoi(optarg); break;
            case 'b': content_bytes = (unsigned)atoi(optarg); break;
            default: exit(2);
        }
    }
    if (!port || !spec || !socket_count || rate <= 0) fail("--port, --spec, --sockets and --rate are needed");
    read_spec(spec);
    if (!token_count || (mode != MODE_HTTP && !room_count)) fail("the spec needs a token and a room");
    if ((mode == MODE_DELIVER || mode == MODE_LATENCY) && room_count != 1) fail("this mode takes one room");
    if (mode == MODE_ASK && (room_count != socket_count || window_total != socket_count))
        fail("this mode takes a room a socket, and one question in flight for each");
    if (!sender_count || sender_count > socket_count) sender_count = socket_count;
    if (sender_count > window_total) sender_count = window_total;
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    struct rlimit files;
    if (!getrlimit(RLIMIT_NOFILE, &files)) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    run_id = ((uint64_t)wall.tv_sec * 1000000ull + (uint64_t)wall.tv_nsec / 1000ull) & 0xffffffffffffull;
    marker_length = (size_t)snprintf(marker, sizeof marker, "#%012llx:", (unsigned long long)run_id);
    size_t fixed = marker_length + 14;
    size_t padding = content_bytes > fixed ? content_bytes - fixed : 0;
    if (padding >= sizeof filler) fail("--content-bytes is at most %zu", sizeof filler);
    for (size_t i = 0; i < padding; i++) filler[i] = "what was said in the room "[i % 26];
    buffer = grown(NULL, BUFFER_BYTES);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (mode == MODE_IDLE) run_idle();
    else if (mode == MODE_HTTP) run_http();
    else run_messages();
    return 0;
}
