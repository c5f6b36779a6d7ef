/// What processes of one host that work together need of C: calls that Swift does not see, and ordered access to words
/// that another process writes.
#ifndef LOCKSTEP_SHARED_MEMORY_H
#define LOCKSTEP_SHARED_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Makes `size` bytes of zeros that no path names and nobody can shrink; returns the descriptor, or -errno.
int shared_memory_create(size_t size);

/// Opens the same bytes again, for reading only; returns the descriptor, or -errno.
int shared_memory_open_for_reading(int descriptor);

/// The size of what a descriptor names if nobody can shrink it, or -errno: -EPERM where somebody could.
ssize_t shared_memory_size(int descriptor);

/// Sends one packet without waiting, and a descriptor with it unless that is -1; returns 0, or -errno.
int packet_send(int socket, const void *bytes, size_t size, int descriptor);

/// Receives one packet without waiting, and the descriptor with it, -1 where there is none; returns its size, 0 at
/// the end, or -errno: -EMSGSIZE where it is longer than `capacity`.
ssize_t packet_receive(int socket, void *bytes, size_t capacity, int *descriptor);

/// Takes the next connection without waiting; returns the descriptor, or -errno.
int packet_accept(int listener);

/// Whether the process at the other end has this process's user.
int packet_is_same_user(int socket);

/// Makes an epoll descriptor; returns it, or -errno.
int waiter_create(void);

/// Has an epoll descriptor wait until another one can be read, under a number; returns 0, or -errno.
int waiter_add(int waiter, int descriptor, uint64_t number);

/// Takes the numbers of descriptors that can be read, at most `capacity` and 64, without waiting; returns how many.
int waiter_take(int waiter, uint64_t *numbers, int capacity);

/// Reads a word, and whatever was written before it was.
uint64_t shared_load(const uint64_t *word);

/// Writes a word after whatever was written before.
void shared_store(uint64_t *word, uint64_t value);

/// Writes a word before whatever is written after.
void shared_store_first(uint64_t *word, uint64_t value);

/// Reads a word after whatever was read before.
uint64_t shared_load_last(const uint64_t *word);

/// The processor that the calling thread runs on, from 0.
int processor_current(void);

/// How many processors the calling thread may run on.
int processor_count(void);

/// The `index`th processor that the calling thread may run on; -1 beyond the last.
int processor_at(int index);

/// Moves the calling thread to a processor; from there it may go on to any other as before.
void processor_move(int processor);

#endif
