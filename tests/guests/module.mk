# Tiny guests: one point of the machine each, raw images that run bare on an emulator and under CP.
GUEST_PROGRAMS := $(wildcard tests/guests/*.c)
GUEST_COMMON   := tests/guests/runtime/start.S $(wildcard tests/guests/runtime/*.c) s390x/lib/memory.S

# memset() must not be compiled into a call of memset().
$(B)/s390x/tests/guests/%.o: TARGET_FLAGS += -fno-tree-loop-distribute-patterns

GUEST_DECKS := $(patsubst tests/guests/%.c,build/guests/%.deck,$(GUEST_PROGRAMS))

build/guests/%.deck: build/guests/%.bin tests/guests/deck.py
	$(PYTHON) tests/guests/deck.py $< $@

.PHONY: guests
guests: $(GUEST_DECKS) ## the tiny guests as card decks, for a reader

bench: guests
