/*
 * How fast one processor is just now, in CPU time, so that two runs can be compared.
 *
 *     calibrate CPU
 *
 * `round_ns`: one step of arithmetic and a look into 512 KB of memory, as an interpreter does
 * all day. `socket_ns`: one byte through a socket pair, as a proxy does all day.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 4000000
#define BYTES 30000
#define WORDS (1 << 16)

static double cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static uint64_t think(uint64_t state)
{
    static uint64_t memory[WORDS];
    for (int i = 0; i < ROUNDS; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state += memory[state % WORDS]++;
    }
    return state;
}

static int talk(void)
{
    int pair[2];
    char byte = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        return -1;
    for (int i = 0; i < BYTES; i++)
        if (write(pair[0], &byte, 1) != 1 || read(pair[1], &byte, 1) != 1)
            return -1;
    return byte;
}

int main(int argc, char **argv)
{
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(argc > 1 ? atoi(argv[1]) : 0, &only);
    if (sched_setaffinity(0, sizeof only, &only))
        return 1;
    double began = cpu_ns();
    volatile uint64_t thought = think(88172645463325252u);
    double thought_at = cpu_ns();
    if (talk() < 0)
        return 1;
    double talked_at = cpu_ns();
    (void)thought;
    printf("{\"round_ns\":%.2f,\"socket_ns\":%.0f}\n", (thought_at - began) / ROUNDS,
           (talked_at - thought_at) / BYTES);
    return 0;
}
