# VM/40: one entry for everything. `make help` lists the targets, which are the lines with a ## comment.
#
# Each directory's module.mk only lists its sources (paths from here); every rule is in this file:
#   cp/module.mk         CP_SOURCES            the nucleus, freestanding and portable
#   s390x/module.mk      S390X_SOURCES         the s390x port, .c and .S
#   x86_64/module.mk     X86_64_SOURCES        the x86-64 port
#   cms-lite/module.mk   CMS_SOURCES           the guest system, .c and .S; linked by CMS_LDSCRIPT
#                        CMS_HOST_SOURCES      what writes its system disk, linked into vm40
#                        CMS_FILES             files that go onto the system disk
#   directory/module.mk  DIRECTORY_SOURCES     the directory compiler, a host library
#   console/module.mk    CONSOLE_SOURCES       the vm40 command without its main
#   tests/module.mk      HOSTED_SOURCES        arch.h as an ordinary program, for the unit tests
#                        HOSTED_EXCLUDE        nucleus sources that the hosted build leaves out
#                        GUEST_PROGRAMS        tiny guests, one source each -> build/guests/NAME.bin
#                        GUEST_COMMON          sources linked into each of them
#                        X86_GUEST_PROGRAMS    tiny guests for x86-64 -> build/guests-x86_64/NAME.bin
#                        GUEST_DECKS           their card decks, LINUX_FILES a Linux guest's: made for the checks
# Unit tests are found by name: tests/unit/test_NAME.c -> build/unit-NAME. test_directory* are linked with the
# directory library, test_console* with the vm40 command, test_cms* with CMS-lite's host part, all others
# with the nucleus on the hosted port.

MACHINE ?= qemu-s390x
NAME    ?= vm40
PYTHON  := /usr/bin/python3
CROSS   := s390x-linux-gnu-
B       := build

all: build

-include cp/module.mk s390x/module.mk x86_64/module.mk cms-lite/module.mk directory/module.mk console/module.mk tests/module.mk

WARN   := -std=gnu17 -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wvla
DEPGEN  = -MMD -MP

# CP's image has a limit (make bench ONLY=image), so only what guests wait for is compiled for speed, and nothing is padded.
COMPACT := -fno-align-functions -fno-align-loops -fno-align-jumps
OPTIMIZE := -O2
HOT      := cp/run/vcpu cp/observe/ring s390x/instruction/control cp/storage/guest cp/lib/sha256 cp/lib/memory cp/lib/lz4 cp/storage/heap \
            s390x/engine/trap/run s390x/engine/trap/fast s390x/dat/shadow s390x/dat/code s390x/dat/walk s390x/instruction/driver s390x/instruction/psw \
            x86_64/engine x86_64/memory x86_64/instruction x86_64/pc
$(foreach port,s390x x86_64,$(eval $(B)/$(port)/cp/%.o $(B)/$(port)/$(port)/%.o: OPTIMIZE = -Os -fno-jump-tables))
$(foreach port,s390x x86_64,$(foreach part,$(HOT),$(eval $(B)/$(port)/$(part)%.o: OPTIMIZE = -O2 -fno-jump-tables $(COMPACT))))

# The machine's code. -march=z900 runs everywhere (and tuned for a later one it is shorter); min-pagesize=0 lets C reach the low storage at address 0.
TARGET_CC     := $(CROSS)gcc
TARGET_FLAGS   = -m64 -march=z900 -mtune=z13 $(OPTIMIZE) -g -ffreestanding -fno-strict-aliasing -fno-pic -no-pie -mno-vx -msoft-float \
                 -fno-stack-protector -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections --param=min-pagesize=0 -Wa,--noexecstack
TARGET_LINK    = $(TARGET_FLAGS) -nostdlib -static -Wl,--build-id=none -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments
CP_INCLUDES   := -Icp/include -Is390x/include
CP_LDSCRIPT   ?= s390x/cp.ld
CMS_LDSCRIPT  ?= cms-lite/s390x/cms.ld
CMS_INCLUDES  ?= -Icms-lite/include -Icms-lite
GUEST_LDSCRIPT ?= tests/guests/guest.ld

# The same for a PC. General registers only: the others belong to whoever runs.
X86_CROSS     := x86_64-linux-gnu-
X86_CC        := $(X86_CROSS)gcc
X86_FLAGS      = -m64 $(OPTIMIZE) -g -ffreestanding -fno-strict-aliasing -fno-pic -no-pie -mno-red-zone -mgeneral-regs-only \
                 -fno-stack-protector -fno-asynchronous-unwind-tables -Wa,--noexecstack
X86_LINK       = $(X86_FLAGS) -nostdlib -static -Wl,--build-id=none -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments \
                 -Wl,-z,max-page-size=4096
X86_INCLUDES  := -Icp/include -Ix86_64/include
X86_LDSCRIPT  := x86_64/cp.ld

# The host's code. cp/include is there for volume/format.h, which CP and the host tools share.
HOST_CC       := gcc
HOST_FLAGS    := -O2 -g -D_GNU_SOURCE -I. -Icp/include -iquote directory -iquote console -iquote cms-lite
HOST_LIBS     := -lreadline -lsqlite3 -lz
UNIT_CC       := gcc
UNIT_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
UNIT_FLAGS    := -O1 -g -D_GNU_SOURCE $(UNIT_SANITIZE)
HOSTED_FLAGS  := $(UNIT_FLAGS) -fno-strict-aliasing -Icp/include -Itests/hosted/include

# ---- object lists ---------------------------------------------------------------------------------------------
target_objects = $(addsuffix .o,$(addprefix $(B)/s390x/,$(1)))
x86_objects    = $(addsuffix .o,$(addprefix $(B)/x86_64/,$(1)))
host_objects   = $(addsuffix .o,$(addprefix $(B)/host/,$(1)))
unit_objects   = $(addsuffix .o,$(addprefix $(B)/unit/,$(1)))
hosted_objects = $(addsuffix .o,$(addprefix $(B)/hosted/,$(1)))

CP_OBJECTS     := $(call target_objects,$(CP_SOURCES) $(S390X_SOURCES))
X86_OBJECTS    := $(call x86_objects,$(CP_SOURCES) $(X86_64_SOURCES))
CMS_OBJECTS    := $(call target_objects,$(CMS_SOURCES))
VM40_OBJECTS   := $(call host_objects,console/main.c $(CONSOLE_SOURCES) $(DIRECTORY_SOURCES) $(CMS_HOST_SOURCES))
HOSTED_OBJECTS := $(call hosted_objects,$(filter-out $(HOSTED_EXCLUDE),$(CP_SOURCES)) $(HOSTED_SOURCES))
TOOLS_OBJECTS  := $(call unit_objects,$(CONSOLE_SOURCES) $(DIRECTORY_SOURCES) $(CMS_HOST_SOURCES))

UNIT_TESTS     := $(patsubst tests/unit/test_%.c,%,$(wildcard tests/unit/test_*.c))
UNIT_TOOLS     := $(filter directory% console% cms%,$(UNIT_TESTS))
UNIT_CP        := $(filter-out $(UNIT_TOOLS),$(UNIT_TESTS))
UNIT_PROGRAMS  := $(addprefix $(B)/unit-,$(UNIT_TESTS))
GUEST_NAMES    := $(basename $(notdir $(GUEST_PROGRAMS)))
GUEST_BINS     := $(GUEST_NAMES:%=$(B)/guests/%.bin) $(patsubst %.c,$(B)/guests-x86_64/%.bin,$(notdir $(X86_GUEST_PROGRAMS)))

CP_PRODUCTS    := $(if $(S390X_SOURCES),$(B)/cp.elf $(B)/cp.bin $(B)/cp.ins) \
                  $(if $(X86_64_SOURCES),$(B)/cp-x86_64.elf)
CMS_PRODUCTS   := $(if $(CMS_SOURCES),$(B)/cms-lite.bin) $(addprefix $(B)/cms-disk/,$(notdir $(CMS_FILES)))
VM40_PRODUCTS  := $(if $(CONSOLE_SOURCES),$(B)/vm40 $(B)/commands.txt)

# ---- what people type -----------------------------------------------------------------------------------------
.PHONY: all help deps build unit checked run check check-long bench iso book lint format manual clean

help: ## show this list
	@echo "make TARGET [MACHINE=qemu-s390x|qemu-x86_64|hercules] [NAME=vm40] [V=1]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

deps: ## install the Debian packages of packages.txt that are missing
	@.ci/packages packages.txt

build: $(CP_PRODUCTS) $(CMS_PRODUCTS) $(VM40_PRODUCTS) $(GUEST_BINS) ## compile everything into build/ (the default)

unit: $(UNIT_PROGRAMS) ## compile the unit tests (build/unit-NAME)

# All that the checks look at.
checked: build iso unit $(GUEST_DECKS) $(LINUX_FILES)

run: deps ## first session: install, build, start the machine, operator's console (MACHINE=hercules or qemu-x86_64 for another)
	@$(MAKE) --no-print-directory -j$(shell nproc) build
	@$(MAKE) --no-print-directory linux || echo "make: Debian's Linux could not be fetched; LINUX's reader stays empty"
	@console/run.sh $(NAME) $(MACHINE)

check: deps ## every check that is not long; the last line says "N passed, N failed"
	@$(MAKE) --no-print-directory -j$(shell nproc) checked
	@$(PYTHON) tests/check.py

check-long: deps ## check, and the long campaigns as well
	@$(MAKE) --no-print-directory -j$(shell nproc) checked
	@$(PYTHON) tests/check.py --long

bench: build ## the figures, one line each; ONLY=NAME runs one
	@$(PYTHON) tests/bench/bench.py $(ONLY)

iso: $(B)/vm40.iso ## a CD image that starts CP on a PC, by BIOS or UEFI

book: ## check the book: its order names every source file, its pointers find their code
	@$(PYTHON) docs/tutorial/check.py

lint: ## clang-tidy, cppcheck and gcc -fanalyzer over the C code
	@$(PYTHON) tests/lint.py

format: ## lay out the C code by .clang-format
	find cp s390x x86_64 cms-lite directory console tests -name '*.[ch]' | xargs clang-format -i

manual: $(B)/manual $(B)/vm40 ## write docs/reference/commands.md, diagnose.md and directory.md's statements from the tables
	$(B)/manual commands > docs/reference/commands.md
	$(B)/manual diagnose > docs/reference/diagnose.md
	sed '/^## Statements/q' docs/reference/directory.md > $(B)/directory.md
	(cat $(B)/directory.md; echo; $(B)/vm40 direct reference) > docs/reference/directory.md

clean: ## remove build/
	rm -rf $(B)

# ---- how it is made -------------------------------------------------------------------------------------------
$(V).SILENT:

$(B)/s390x/cms-lite/%.o: INCLUDES = $(CMS_INCLUDES)
$(B)/s390x/tests/guests/%.o: INCLUDES = -Itests/guests
$(B)/s390x/%.o: INCLUDES = $(CP_INCLUDES)

$(B)/s390x/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	echo "  CC390   $<"
	$(TARGET_CC) $(WARN) $(TARGET_FLAGS) $(INCLUDES) $(DEPGEN) -c $< -o $@

$(B)/s390x/%.S.o: %.S Makefile
	@mkdir -p $(@D)
	echo "  AS390   $<"
	$(TARGET_CC) $(TARGET_FLAGS) -D__ASSEMBLER__ $(INCLUDES) $(DEPGEN) -c $< -o $@

# In them memset() must not be compiled into a call of memset().
$(B)/x86_64/tests/%.o: INCLUDES = -Itests/guests-x86_64 -fno-tree-loop-distribute-patterns
$(B)/x86_64/%.o: INCLUDES = $(X86_INCLUDES)

$(B)/x86_64/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	echo "  CCX86   $<"
	$(X86_CC) $(WARN) $(X86_FLAGS) $(INCLUDES) $(DEPGEN) -c $< -o $@

$(B)/x86_64/%.S.o: %.S Makefile
	@mkdir -p $(@D)
	echo "  ASX86   $<"
	$(X86_CC) $(X86_FLAGS) -D__ASSEMBLER__ $(INCLUDES) $(DEPGEN) -c $< -o $@

$(B)/host/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	echo "  CC      $<"
	$(HOST_CC) $(WARN) $(HOST_FLAGS) $(DEPGEN) -c $< -o $@

$(B)/unit/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	echo "  CCUNIT  $<"
	$(UNIT_CC) $(WARN) $(HOST_FLAGS) $(UNIT_FLAGS) $(DEPGEN) -c $< -o $@

$(B)/hosted/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	echo "  CCHOST  $<"
	$(UNIT_CC) $(WARN) $(HOSTED_FLAGS) $(DEPGEN) -c $< -o $@

$(B)/cp.elf: $(CP_OBJECTS) $(CP_LDSCRIPT)
	echo "  LD390   $@"
	$(TARGET_CC) $(TARGET_LINK) -Wl,--gc-sections -Wl,-O2 -Wl,-T,$(CP_LDSCRIPT) -Wl,-Map,$(B)/cp.map $(CP_OBJECTS) -lgcc -o $@

# With symbols, for a debugger; and without, to be started.
$(B)/cp-x86_64.debug: $(X86_OBJECTS) $(X86_LDSCRIPT)
	echo "  LDX86   $@"
	$(X86_CC) $(X86_LINK) -Wl,-T,$(X86_LDSCRIPT) -Wl,-Map,$(B)/cp-x86_64.map $(X86_OBJECTS) -lgcc -o $@

$(B)/cp-x86_64.elf: $(B)/cp-x86_64.debug
	$(X86_CROSS)objcopy --strip-all $< $@

# GRUB for BIOS, and for UEFI where its package is there.
$(B)/vm40.iso: $(B)/cp-x86_64.elf x86_64/iso/grub.cfg
	echo "  ISO     $@"
	rm -rf $(B)/iso && mkdir -p $(B)/iso/boot/grub
	cp $(B)/cp-x86_64.elf $(B)/iso/boot/
	cp x86_64/iso/grub.cfg $(B)/iso/boot/grub/
	grub-mkrescue -o $@ $(B)/iso >$(B)/iso.log 2>&1 || { cat $(B)/iso.log; exit 1; }

$(B)/cms-lite.elf: $(CMS_OBJECTS) $(CMS_LDSCRIPT)
	echo "  LD390   $@"
	$(TARGET_CC) $(TARGET_LINK) -Wl,-T,$(CMS_LDSCRIPT) $(CMS_OBJECTS) -lgcc -o $@

$(B)/guests-x86_64/%.bin: $(B)/guests-x86_64/%.elf
	echo "  RAW     $@"
	$(X86_CROSS)objcopy -O binary $< $@

$(B)/%.bin: $(B)/%.elf
	echo "  RAW     $@"
	$(CROSS)objcopy -O binary $< $@

# vm40 puts what is in build/cms-disk onto the CMS system disk; modules are made there.
$(B)/cms-disk/%: cms-lite/disk/%
	@mkdir -p $(@D)
	cp $< $@

# Hercules loads an image by a list of files and addresses.
$(B)/cp.ins: Makefile
	@mkdir -p $(@D)
	echo "cp.bin 0x00000000" > $@

$(B)/vm40: $(VM40_OBJECTS)
	echo "  LD      $@"
	$(HOST_CC) $(HOST_FLAGS) $(VM40_OBJECTS) $(HOST_LIBS) -o $@

# The names of CP's commands, and those of QUERY's, SET's and TERMINAL's operands behind these words, for completion: the
# tables' rows begin with them.
$(B)/commands.txt: cp/command/table.c cp/command/set.c cp/command/terminal.c Makefile
	@mkdir -p $(@D)
	awk -F'"' '/^const struct command_entry [a-z]*_table/ { split($$0, word, /[ _]/); verb = toupper(word[5]) " " } \
		/^}/ { verb = "" } verb && /^\t\{"/ { print (verb == "COMMAND " ? "" : verb) $$2 }' $(filter %.c,$^) | sort -u > $@

# Unit tests link from archives, so that each takes only what it uses.
$(B)/libhosted.a: $(HOSTED_OBJECTS)
	rm -f $@
	$(AR) rc $@ $(HOSTED_OBJECTS)

$(B)/libtools.a: $(TOOLS_OBJECTS)
	rm -f $@
	$(AR) rc $@ $(TOOLS_OBJECTS)

$(addprefix $(B)/unit-,$(UNIT_TOOLS)): $(B)/unit-%: $(B)/unit/tests/unit/test_%.c.o $(B)/libtools.a
	echo "  LDUNIT  $@"
	$(UNIT_CC) $(UNIT_FLAGS) $< $(B)/libtools.a $(HOST_LIBS) -lcunit -o $@

$(addprefix $(B)/unit-,$(UNIT_CP)): $(B)/unit-%: $(B)/hosted/tests/unit/test_%.c.o $(B)/libhosted.a
	echo "  LDUNIT  $@"
	$(UNIT_CC) $(UNIT_FLAGS) $< $(B)/libhosted.a -lcunit -lz -llz4 -o $@

$(B)/manual: $(B)/hosted/tests/unit/print_manual.c.o $(B)/libhosted.a
	echo "  LDUNIT  $@"
	$(UNIT_CC) $(UNIT_FLAGS) $< $(B)/libhosted.a -o $@

define guest_rule
$(B)/guests/$(basename $(notdir $(1))).elf: $(call target_objects,$(1) $(GUEST_COMMON)) $(GUEST_LDSCRIPT)
	@mkdir -p $$(@D)
	echo "  LD390   $$@"
	$(TARGET_CC) $(TARGET_LINK) -Wl,-T,$(GUEST_LDSCRIPT) $(call target_objects,$(1) $(GUEST_COMMON)) -lgcc -o $$@
endef
$(foreach source,$(GUEST_PROGRAMS),$(eval $(call guest_rule,$(source))))

define x86_guest_rule
$(B)/guests-x86_64/$(basename $(notdir $(1))).elf: $(call x86_objects,$(1) $(X86_GUEST_COMMON)) tests/guests-x86_64/guest.ld
	@mkdir -p $$(@D)
	echo "  LDX86   $$@"
	$(X86_CC) $(X86_LINK) -Wl,-T,tests/guests-x86_64/guest.ld $(call x86_objects,$(1) $(X86_GUEST_COMMON)) -lgcc -o $$@
endef
$(foreach source,$(X86_GUEST_PROGRAMS),$(eval $(call x86_guest_rule,$(source))))

-include $(shell find $(B) -name '*.d' 2>/dev/null)
