# The virtual PC and its IPL as an ordinary program under ASan: build/unit-pc, dice included. Its world.c stands in for the rest of CP.
PC_SOURCES := $(wildcard x86_64/pc/*.c x86_64/ipl/*.c cp/device/*.c tests/pc/*.c) $(addprefix x86_64/instruction/,state.c traits.c) tests/shared/described.c tests/shared/world.c \
	$(addprefix cp/lib/,string.c format.c ebcdic.c text.c) cp/machine/state.c
PC_FLAGS   := $(UNIT_FLAGS) -fno-strict-aliasing -Icp/include -Ix86_64/include -Itests/pc
PC_OBJECTS := $(patsubst %,$(B)/pc/%.o,$(PC_SOURCES))

$(B)/pc/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	echo "  CCHOST  $<"
	$(UNIT_CC) $(WARN) $(PC_FLAGS) $(DEPGEN) -c $< -o $@

$(B)/unit-pc: $(PC_OBJECTS)
	echo "  LDUNIT  $@"
	$(UNIT_CC) $(UNIT_FLAGS) $^ -lcunit -o $@

unit: $(B)/unit-pc
