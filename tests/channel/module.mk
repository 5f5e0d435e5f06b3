# The virtual channel subsystem, the device classes and the DIAGNOSE calls as an ordinary program under ASan: build/unit-channel,
# and build/channel-fuzz SEED COUNT, which throws random programs at them. world.c stands in for the rest of CP.
CHANNEL_SOURCES := $(wildcard s390x/channel/*.c cp/device/*.c cp/diagnose/*.c) \
	$(addprefix s390x/instruction/,architecture.c diagnose.c servc.c iucv.c ipl.c state.c traits.c) \
	$(addprefix cp/lib/,string.c format.c ebcdic.c text.c crc32.c sha256.c pbkdf2.c) cp/volume/object.c cp/machine/state.c tests/shared/world.c tests/channel/world.c
CHANNEL_FLAGS   := $(UNIT_FLAGS) -fno-strict-aliasing -Icp/include -Is390x/include -Itests/channel
CHANNEL_OBJECTS := $(patsubst %,$(B)/channel/%.o,$(CHANNEL_SOURCES))

$(B)/channel/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	echo "  CCHOST  $<"
	$(UNIT_CC) $(WARN) $(CHANNEL_FLAGS) $(DEPGEN) -c $< -o $@

$(B)/unit-channel: $(CHANNEL_OBJECTS) $(B)/channel/tests/channel/test_channel.c.o $(B)/channel/tests/channel/test_calls.c.o \
		$(B)/channel/tests/channel/test_state.c.o $(B)/channel/tests/shared/described.c.o
	echo "  LDUNIT  $@"
	$(UNIT_CC) $(UNIT_FLAGS) $^ -lcunit -o $@

$(B)/channel-fuzz: $(CHANNEL_OBJECTS) $(B)/channel/tests/channel/fuzz.c.o
	echo "  LDUNIT  $@"
	$(UNIT_CC) $(UNIT_FLAGS) $^ -o $@

unit: $(B)/unit-channel $(B)/channel-fuzz
