/*
 * Load from 127.0.0.1 to 127.0.0.1: so many connections, each asking again as soon as it has
 * its whole answer.
 *
 *     load PORT CONNECTIONS SECONDS REQUEST_FILE SPREAD_US STAMPS END [PART ...]
 *
 * REQUEST_FILE holds one whole HTTP/1.1 request, headers included. The connections begin
 * spread over SPREAD_US: streams of equal length that begin together stay in step for ever,
 * which no crowd of callers does. When the time is over, the answers under way are waited for,
 * so that nothing is left unfinished behind us.
 *
 * An answer is whole when its framing says so and, after status 200, when it holds every PART,
 * its events carry so many STAMPS in all, and its last bytes are END. Everything else is counted
 * as an error and reported; too many end the run.
 *
 * Prints one JSON object; times are microseconds. `first_byte` is the first byte of the body.
 * `delay` is how long events were under way, by the stamps (t=<nanoseconds>) they carry.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_BODY (1 << 20)
#define MOST_REQUEST (1 << 20)
#define ROOM 65536
#define STAMP_DIGITS 16
#define STAMP (2 + STAMP_DIGITS)
#define BATCH 256
#define GRACE_NS 10000000000u
#define MOST_ERRORS 1000

/* What of an answer comes next. */
enum part { HEAD, BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER, WHOLE, BROKEN };

struct connection {
    int fd;
    enum part part;
    bool asking, chunked, closes;
    int status;
    uint64_t asked_at, read_at, first_at;
    size_t left;          /* of the body, or of this chunk */
    size_t held;          /* in `raw`: bytes not understood yet */
    size_t size, scanned; /* of `body`: how much there is, and how far stamps were looked for */
    int stamps;
    char raw[ROOM + 1];
    char body[MOST_BODY + 1];
};

struct series {
    uint64_t *ns;
    size_t count, room;
};

static char request[MOST_REQUEST];
static size_t request_size;
static int port, epoll;
static uint64_t ends_at;
static int wanted_stamps;
static const char *wanted_end;
static char **wanted_parts; /* up to a null */
static int asking;
static long answers, refused, errors, events;
static struct series whole, first, delay;

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* Numbers. */

static void note(struct series *series, uint64_t ns)
{
    if (series->count == series->room) {
        series->room = series->room ? 2 * series->room : 4096;
        series->ns = realloc(series->ns, series->room * sizeof *series->ns);
        if (!series->ns)
            die("no memory");
    }
    series->ns[series->count++] = ns;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static double percentile_us(const struct series *series, double share)
{
    if (!series->count)
        return 0;
    size_t rank = (size_t)ceil(share * series->count);
    return series->ns[rank ? rank - 1 : 0] / 1e3;
}

static void print_series(const char *name, struct series *series)
{
    qsort(series->ns, series->count, sizeof *series->ns, compare);
    printf(",\"%s\":{\"p50\":%.0f,\"p99\":%.0f,\"max\":%.0f}", name,
           percentile_us(series, .5), percentile_us(series, .99), percentile_us(series, 1));
}

/* Asking. */

static void open_connection(struct connection *connection)
{
    int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    connection->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection->fd, (struct sockaddr *)&address, sizeof address))
        die("cannot connect");
    fcntl(connection->fd, F_SETFL, O_NONBLOCK);
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &interest);
    connection->held = 0;
}

static void reopen(struct connection *connection)
{
    close(connection->fd);
    open_connection(connection);
}

static void ask(struct connection *connection)
{
    connection->part = HEAD;
    connection->size = connection->scanned = 0;
    connection->stamps = 0;
    connection->chunked = connection->closes = false;
    connection->first_at = 0;
    connection->asked_at = now_ns();
    if (connection->asked_at >= ends_at)
        return;
    connection->asking = true;
    asking++;
    /* What a socket does not take at once shows as an answer that never comes. */
    if (write(connection->fd, request, request_size) != (ssize_t)request_size)
        perror("the request was not taken whole");
}

/* Understanding the answer. Each step takes what it can from the front of `raw` and returns
 * how much that was; 0: it needs more. */

static size_t take_head(struct connection *connection)
{
    char *raw = connection->raw, *end = strstr(raw, "\r\n\r\n");
    if (!end) {
        if (connection->held == ROOM)
            connection->part = BROKEN;
        return 0;
    }
    *end = 0;
    char *length = strcasestr(raw, "\r\ncontent-length:");
    connection->chunked = strcasestr(raw, "\r\ntransfer-encoding: chunked") != NULL;
    connection->closes = strcasestr(raw, "\r\nconnection: close") != NULL;
    connection->status = strncmp(raw, "HTTP/1.1 ", 9) ? 0 : atoi(raw + 9);
    connection->left = length ? strtoul(length + 17, NULL, 10) : 0;
    if (!connection->status || (!connection->chunked && !length))
        connection->part = BROKEN;
    else if (connection->chunked)
        connection->part = CHUNK_SIZE;
    else
        connection->part = connection->left ? BODY : WHOLE;
    return end + 4 - raw;
}

static size_t take_body(struct connection *connection, enum part then)
{
    size_t taken = connection->held < connection->left ? connection->held : connection->left;
    if (connection->size + taken > MOST_BODY) {
        connection->part = BROKEN;
        return 0;
    }
    if (taken && !connection->first_at)
        connection->first_at = connection->read_at;
    memcpy(connection->body + connection->size, connection->raw, taken);
    connection->size += taken;
    connection->left -= taken;
    if (!connection->left)
        connection->part = then;
    return taken;
}

static size_t take_line(struct connection *connection)
{
    char *raw = connection->raw, *end = strstr(raw, "\r\n");
    if (!end)
        return 0;
    if (connection->part == CHUNK_SIZE) {
        connection->left = strtoul(raw, NULL, 16);
        connection->part = connection->left ? CHUNK : TRAILER;
    } else if (connection->part == CHUNK_END) {
        connection->part = end == raw ? CHUNK_SIZE : BROKEN;
    } else if (end == raw) {
        connection->part = WHOLE;
    }
    return end + 2 - raw;
}

static size_t take(struct connection *connection)
{
    switch (connection->part) {
    case HEAD:
        return take_head(connection);
    case BODY:
        return take_body(connection, WHOLE);
    case CHUNK:
        return take_body(connection, CHUNK_END);
    case CHUNK_SIZE:
    case CHUNK_END:
    case TRAILER:
        return take_line(connection);
    default:
        return 0;
    }
}

static void understand(struct connection *connection)
{
    size_t taken;
    while (connection->held && (taken = take(connection))) {
        connection->held -= taken;
        memmove(connection->raw, connection->raw + taken, connection->held + 1);
    }
}

static void note_delays(struct connection *connection)
{
    char *body = connection->body, *end = body + connection->size, *stamp;
    char *from = body + connection->scanned;
    while ((stamp = memmem(from, end - from, "t=", 2)) && stamp + STAMP <= end) {
        uint64_t sent_at = strtoull(stamp + 2, NULL, 10);
        if (sent_at) {
            note(&delay, connection->read_at - sent_at);
            events++;
            connection->stamps++;
        }
        from = stamp + STAMP;
    }
    /* A stamp may be cut off at the end; it is looked at again with the rest of it. */
    connection->scanned = (stamp ? stamp : from < end ? end - 1 : end) - body;
}

/* What became of it. */

static void complain(struct connection *connection, const char *what)
{
    if (errors + refused < 3)
        fprintf(stderr, "load: %s: %d %.300s\n", what, connection->status, connection->body);
}

static bool is_good(struct connection *connection)
{
    size_t size = connection->size, end_size = strlen(wanted_end);
    for (char **part = wanted_parts; *part; part++)
        if (!strstr(connection->body, *part))
            return false;
    return connection->stamps == wanted_stamps && size >= end_size
        && !memcmp(connection->body + size - end_size, wanted_end, end_size);
}

static void end_answer(struct connection *connection)
{
    connection->asking = false;
    asking--;
    connection->body[connection->size] = 0;
    if (connection->part != WHOLE) {
        complain(connection, "the answer broke off");
        errors++;
    } else if (connection->status != 200) {
        complain(connection, "refused");
        refused++;
    } else if (!is_good(connection)) {
        complain(connection, "not what was asked for");
        errors++;
    } else {
        answers++;
        note(&whole, connection->read_at - connection->asked_at);
        note(&first, connection->first_at - connection->asked_at);
    }
    if (errors > MOST_ERRORS)
        ends_at = 0;
}

static void receive(struct connection *connection)
{
    ssize_t got =
        read(connection->fd, connection->raw + connection->held, ROOM - connection->held);
    connection->read_at = now_ns();
    if (got < 0 && errno == EAGAIN)
        return;
    if (got > 0) {
        connection->held += got;
        connection->raw[connection->held] = 0;
        understand(connection);
        if (connection->chunked)
            note_delays(connection);
    }
    bool lost = got <= 0 || connection->part == BROKEN;
    if (!lost && connection->part != WHOLE)
        return;
    if (connection->asking)
        end_answer(connection);
    if (lost || connection->closes)
        reopen(connection);
    ask(connection);
}

static void read_request(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        die(path);
    request_size = fread(request, 1, sizeof request, file);
    fclose(file);
}

/* Let those begin whose time has come, and return how many have. */
static int begin_until(uint64_t now, struct connection *connections, int begun, int count,
                       uint64_t began, uint64_t spread_ns)
{
    while (begun < count && now >= began + begun * spread_ns / count)
        ask(&connections[begun++]);
    return begun;
}

static void run(struct connection *connections, int count, uint64_t spread_ns)
{
    uint64_t began = now_ns(), now = began;
    int begun = 0;
    while ((begun < count && now < ends_at) || (asking && now < ends_at + GRACE_NS)) {
        begun = begin_until(now, connections, begun, count, began, spread_ns);
        struct epoll_event ready[BATCH];
        int some = epoll_wait(epoll, ready, BATCH, begun < count ? 1 : 1000);
        for (int i = 0; i < some; i++)
            receive(ready[i].data.ptr);
        now = now_ns();
    }
}

static void report(double seconds)
{
    printf("{\"seconds\":%.3f,\"answers\":%ld,\"refused\":%ld,\"errors\":%ld,\"events\":%ld",
           seconds, answers, refused, errors + asking, events);
    print_series("whole", &whole);
    print_series("first_byte", &first);
    print_series("delay", &delay);
    printf("}\n");
}

int main(int argc, char **argv)
{
    if (argc < 8) {
        fprintf(stderr,
                "usage: %s PORT CONNECTIONS SECONDS REQUEST_FILE SPREAD_US STAMPS END [PART ...]\n",
                argv[0]);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    port = atoi(argv[1]);
    int count = atoi(argv[2]);
    read_request(argv[4]);
    wanted_stamps = atoi(argv[6]);
    wanted_end = argv[7];
    wanted_parts = argv + 8;
    epoll = epoll_create1(0);
    struct connection *connections = calloc(count, sizeof *connections);
    if (!connections)
        die("no memory");
    for (int i = 0; i < count; i++)
        open_connection(&connections[i]);
    uint64_t began = now_ns();
    ends_at = began + (uint64_t)(atof(argv[3]) * 1e9);
    run(connections, count, strtoull(argv[5], NULL, 10) * 1000);
    report((now_ns() - began) / 1e9);
    return 0;
}
