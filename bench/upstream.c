/*
 * A provider that is never the bottleneck: answers POSTs on 127.0.0.1 in OpenAI's shape, and
 * in Anthropic's those to a path that ends in /messages.
 *
 *     upstream PORT [CHUNKS [INTERVAL_US [DELAY_US]]]
 *
 * A body with "stream": true gets the events that open an answer, CHUNKS events of text, one
 * write each, INTERVAL_US apart, and then one write that holds all that ends it. With an
 * interval of 0 they leave as fast as they go. OpenAI's tell their usage if they are asked to.
 * Everything else gets one JSON object. Either begins after DELAY_US. Each event of text
 * carries the time it was written (t=<nanoseconds, CLOCK_MONOTONIC>), so that the receiver can
 * tell how long it was under way.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define STAMP_DIGITS 16
#define MOST_REQUEST (1 << 20)
#define BATCH 256

#define STAMP_HOLE "t=0000000000000000"
#define PLAIN_TEXT                                                                          \
    "A gateway stands in front of many services: it knows who is calling, how much they "   \
    "may call, and what became of each call. Its price is one more hop, so whatever it "    \
    "does for every call has to be cheap."

#define CHAT_USAGE                                                                          \
    "\"usage\":{\"prompt_tokens\":212,\"completion_tokens\":87,\"total_tokens\":299,"       \
    "\"prompt_tokens_details\":{\"cached_tokens\":0},"                                      \
    "\"completion_tokens_details\":{\"reasoning_tokens\":0}}"
/* Every event has the same head; its tail says `"usage":null` if usage was asked for. */
#define CHAT_HEAD                                                                           \
    "data: {\"id\":\"chatcmpl-bench000000000000000000000000\","                             \
    "\"object\":\"chat.completion.chunk\",\"created\":1790000000,"                          \
    "\"model\":\"bench-upstream\",\"service_tier\":\"default\","                            \
    "\"system_fingerprint\":\"fp_bench\",\"choices\":["
#define CHAT_CHOICE(delta, finish, tail)                                                    \
    CHAT_HEAD "{\"index\":0,\"delta\":" delta ",\"logprobs\":null,\"finish_reason\":" finish \
              "}]" tail "}\n\n"
#define CHAT_OPENING "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}"
#define CHAT_DELTA "{\"content\":\"" STAMP_HOLE " \"}"
#define CHAT_STREAM(tail, usage)                                                            \
    {                                                                                       \
        .first = CHAT_CHOICE(CHAT_OPENING, "null", tail),                                   \
        .event = CHAT_CHOICE(CHAT_DELTA, "null", tail),                                     \
        .last = CHAT_CHOICE("{}", "\"stop\"", tail) usage "data: [DONE]\n\n",               \
    }
#define MESSAGE_HEAD                                                                        \
    "{\"model\":\"bench-upstream\",\"id\":\"msg_bench00000000000000000000\","               \
    "\"type\":\"message\",\"role\":\"assistant\","
#define MESSAGE_USAGE                                                                       \
    "\"usage\":{\"input_tokens\":212,\"cache_creation_input_tokens\":0,"                    \
    "\"cache_read_input_tokens\":0,"
#define MESSAGE_EVENT(type, rest) "event: " type "\ndata: {\"type\":\"" type "\"" rest "}\n\n"

/* The events of a stream, and how they look on the wire once they are framed. */
struct stream {
    const char *first, *event, *last;
    char opening[2048], chunk[1024], closing[2048];
    size_t opening_size, chunk_size, closing_size, stamp_at;
};

static struct stream chat = CHAT_STREAM("", "");
static struct stream chat_with_usage =
    CHAT_STREAM(",\"usage\":null", CHAT_HEAD "]," CHAT_USAGE "}\n\n");
static struct stream message = {
    .first = MESSAGE_EVENT("message_start", ",\"message\":" MESSAGE_HEAD
                           "\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,"
                           MESSAGE_USAGE "\"output_tokens\":1,\"service_tier\":\"standard\"}}")
             MESSAGE_EVENT("content_block_start",
                           ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}")
             "event: ping\ndata: {\"type\": \"ping\"}\n\n",
    .event = MESSAGE_EVENT("content_block_delta",
                           ",\"index\":0,\"delta\":{\"type\":\"text_delta\","
                           "\"text\":\"" STAMP_HOLE " \"}"),
    .last = MESSAGE_EVENT("content_block_stop", ",\"index\":0")
            MESSAGE_EVENT("message_delta",
                          ",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},"
                          MESSAGE_USAGE "\"output_tokens\":87}")
            MESSAGE_EVENT("message_stop", ""),
};

struct plain {
    const char *body;
    char whole[2048];
    size_t size;
};

static struct plain chat_plain = {
    .body =
    "{\"id\":\"chatcmpl-bench000000000000000000000000\",\"object\":\"chat.completion\","
    "\"created\":1790000000,\"model\":\"bench-upstream\",\"choices\":[{\"index\":0,"
    "\"message\":{\"role\":\"assistant\",\"content\":\"" PLAIN_TEXT "\",\"refusal\":null,"
    "\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}]," CHAT_USAGE ","
    "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_bench\"}"};
static struct plain message_plain = {
    .body =
    MESSAGE_HEAD "\"content\":[{\"type\":\"text\",\"text\":\"" PLAIN_TEXT "\"}],"
    "\"stop_reason\":\"end_turn\",\"stop_sequence\":null,"
    MESSAGE_USAGE "\"output_tokens\":87,\"service_tier\":\"standard\"}}"};

static const char HEAD_OF_STREAM[] = "HTTP/1.1 200 OK\r\n"
                                     "Content-Type: text/event-stream; charset=utf-8\r\n"
                                     "Cache-Control: no-cache\r\n"
                                     "X-Accel-Buffering: no\r\n"
                                     "X-Request-ID: req_bench\r\n"
                                     "Transfer-Encoding: chunked\r\n\r\n";

struct client {
    int fd; /* -1: gone, and freed as soon as no queue holds it */
    /* What it is being answered with: one of these, or neither between two requests. */
    const struct plain *plain;
    struct stream *stream;
    bool queued;
    uint64_t due;
    struct client *next;
    int chunks_left;
    size_t held;
    char request[MOST_REQUEST + 1];
};

/* Clients in the order they are due. What enters a queue is due the same time later as what
 * entered it before, so appending keeps the order. */
struct queue {
    struct client *first, *last;
};

static int chunks = 50;
static uint64_t interval_ns = 5000000, delay_ns = 0;
static int epoll, timer;
static struct queue beginning, going_on;

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

/* Writing. */

static size_t frame(char *out, size_t room, const char *head, const char *payload,
                    const char *end)
{
    return snprintf(out, room, "%s%zx\r\n%s\r\n%s", head, strlen(payload), payload, end);
}

static void prepare_stream(struct stream *stream)
{
    stream->opening_size = frame(stream->opening, sizeof stream->opening, HEAD_OF_STREAM,
                                 stream->first, "");
    stream->chunk_size = frame(stream->chunk, sizeof stream->chunk, "", stream->event, "");
    stream->stamp_at = strstr(stream->chunk, STAMP_HOLE) + 2 - stream->chunk;
    stream->closing_size =
        frame(stream->closing, sizeof stream->closing, "", stream->last, "0\r\n\r\n");
}

static void prepare_plain(struct plain *plain)
{
    plain->size = snprintf(plain->whole, sizeof plain->whole,
                           "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                           "X-Request-ID: req_bench\r\nContent-Length: %zu\r\n\r\n%s",
                           strlen(plain->body), plain->body);
}

static void prepare_answers(void)
{
    prepare_stream(&chat);
    prepare_stream(&chat_with_usage);
    prepare_stream(&message);
    prepare_plain(&chat_plain);
    prepare_plain(&message_plain);
}

static void let_go(struct client *client)
{
    close(client->fd);
    client->fd = -1;
    if (!client->queued)
        free(client);
}

/* A client that lets its socket fill up has spoilt the measurement, so it is hung up on. */
static bool put(struct client *client, const char *bytes, size_t size)
{
    return write(client->fd, bytes, size) == (ssize_t)size;
}

static bool put_event(struct client *client)
{
    struct stream *stream = client->stream;
    uint64_t stamp = now_ns();
    for (int digit = STAMP_DIGITS - 1; digit >= 0; digit--, stamp /= 10)
        stream->chunk[stream->stamp_at + digit] = '0' + stamp % 10;
    return put(client, stream->chunk, stream->chunk_size);
}

/* Taking turns. */

static void enqueue(struct queue *queue, struct client *client, uint64_t due)
{
    client->due = due;
    client->next = NULL;
    client->queued = true;
    if (queue->first)
        queue->last->next = client;
    else
        queue->first = client;
    queue->last = client;
}

static struct queue *soonest(void)
{
    if (!beginning.first || !going_on.first)
        return beginning.first ? &beginning : &going_on;
    return beginning.first->due <= going_on.first->due ? &beginning : &going_on;
}

/* Write what is due to the client; false to hang up. */
static bool write_next(struct client *client)
{
    const struct plain *plain = client->plain;
    const struct stream *stream = client->stream;
    if (plain) {
        client->plain = NULL;
        return put(client, plain->whole, plain->size);
    }
    if (client->chunks_left == chunks
        && !put(client, stream->opening, stream->opening_size))
        return false;
    while (client->chunks_left > 0) {
        client->chunks_left--;
        if (!put_event(client))
            return false;
        if (interval_ns) {
            enqueue(&going_on, client, client->due + interval_ns);
            return true;
        }
    }
    client->stream = NULL;
    return put(client, stream->closing, stream->closing_size);
}

static bool begin_next(struct client *client);

static void run_queues(void)
{
    struct queue *queue;
    while ((queue = soonest())->first && queue->first->due <= now_ns()) {
        struct client *client = queue->first;
        queue->first = client->next;
        client->queued = false;
        if (client->fd < 0)
            free(client);
        else if (!write_next(client) || !begin_next(client))
            let_go(client);
    }
    struct client *waiting = soonest()->first;
    struct itimerspec when = {0};
    if (waiting) {
        when.it_value.tv_sec = waiting->due / 1000000000u;
        when.it_value.tv_nsec = waiting->due % 1000000000u;
    }
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

/* Reading. */

/* The size of the first request, 0 while it is incomplete, -1 if it cannot be. */
static ssize_t request_size(struct client *client)
{
    client->request[client->held] = 0;
    char *end = strstr(client->request, "\r\n\r\n");
    if (!end)
        return client->held < MOST_REQUEST ? 0 : -1;
    *end = 0;
    char *length = strcasestr(client->request, "\r\ncontent-length:");
    size_t size = end + 4 - client->request + (length ? strtoul(length + 17, NULL, 10) : 0);
    *end = '\r';
    if (size > MOST_REQUEST)
        return -1;
    return size <= client->held ? (ssize_t)size : 0;
}

static bool says_true(const char *request, size_t size, const char *key)
{
    const char *found = memmem(request, size, key, strlen(key));
    if (!found)
        return false;
    found += strlen(key);
    found += strspn(found, " :");
    return *found == 't';
}

static void choose_answer(struct client *client, size_t size)
{
    const char *request = client->request;
    bool to_anthropic = memmem(request, strcspn(request, "\r"), "/messages ", 10) != NULL;
    if (!says_true(request, size, "\"stream\""))
        client->plain = to_anthropic ? &message_plain : &chat_plain;
    else if (to_anthropic)
        client->stream = &message;
    else if (says_true(request, size, "\"include_usage\""))
        client->stream = &chat_with_usage;
    else
        client->stream = &chat;
}

/* Let the next whole request wait for its answer, if there is one; false to hang up. */
static bool begin_next(struct client *client)
{
    if (client->plain || client->stream)
        return true;
    ssize_t size = request_size(client);
    if (size <= 0)
        return size == 0;
    choose_answer(client, size);
    client->chunks_left = chunks;
    client->held -= size;
    memmove(client->request, client->request + size, client->held);
    enqueue(&beginning, client, now_ns() + delay_ns);
    return true;
}

static void receive(struct client *client)
{
    ssize_t got = read(client->fd, client->request + client->held, MOST_REQUEST - client->held);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got > 0)
        client->held += got;
    if (got <= 0 || !begin_next(client))
        let_go(client);
}

static void welcome(int listener)
{
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct client *client = calloc(1, sizeof *client);
        client->fd = fd;
        struct epoll_event interest = {.events = EPOLLIN, .data.ptr = client};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &interest);
    }
}

static int listen_on(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096))
        die("cannot listen");
    return fd;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 5) {
        fprintf(stderr, "usage: %s PORT [CHUNKS [INTERVAL_US [DELAY_US]]]\n", argv[0]);
        return 2;
    }
    if (argc > 2)
        chunks = atoi(argv[2]);
    if (argc > 3)
        interval_ns = strtoull(argv[3], NULL, 10) * 1000;
    if (argc > 4)
        delay_ns = strtoull(argv[4], NULL, 10) * 1000;
    signal(SIGPIPE, SIG_IGN);
    prepare_answers();
    int listener = listen_on(atoi(argv[1]));
    epoll = epoll_create1(0);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    /* The two that are not clients are known by where their number stands. */
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = &listener};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &interest);
    interest.data.ptr = &timer;
    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &interest);
    for (;;) {
        struct epoll_event ready[BATCH];
        int count = epoll_wait(epoll, ready, BATCH, -1);
        for (int i = 0; i < count; i++) {
            if (ready[i].data.ptr == &listener)
                welcome(listener);
            else if (ready[i].data.ptr != &timer)
                receive(ready[i].data.ptr);
        }
        run_queues();
    }
}
