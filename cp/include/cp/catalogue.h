/*
 * catalogue.h - every message of CP, one row each.
 *
 * No include guard: the file is read several times with different meanings
 * of MESSAGE(id, number, severity, module, text). Numbers and shapes follow
 * VM where VM has such a message; a row that is VM/40's own says so. The
 * module is the three letters in "HCPLNK101W"; the severity is I (told),
 * R (asks), W (warning), E (refused), S (CP could not), A (look at once).
 * The text is a format() string: what it wants is checked by a unit test,
 * not by the compiler, so keep to %s and %u.
 */

/* ---- the command line -------------------------------------------------- */
MESSAGE(UNKNOWN_COMMAND, 1, 'E', "CMD", "Unknown CP command: %s")
MESSAGE(INVALID_OPERAND, 2, 'E', "CMD", "Invalid operand - %s")
MESSAGE(INVALID_OPTION, 3, 'E', "CMD", "Invalid option - %s")
MESSAGE(CONFLICTING_OPTION, 13, 'E', "CMD", "Conflicting option - %s")
MESSAGE(OPERAND_MISSING, 26, 'E', "CMD", "Operand missing or invalid - %s")
/* VM hides such a command as unknown; VM/40 says what is missing. */
MESSAGE(PRIVILEGE, 28, 'E', "CMD", "%s needs privilege class %s; yours is %s")
/* VM/40's own: before LOGON. */
MESSAGE(NOT_LOGGED_ON_YET, 45, 'E', "CMD", "%s: log on first (LOGON userid)")
/* VM/40's own: a command that needs a terminal came from a program. */
MESSAGE(TERMINAL_ONLY, 28, 'E', "CMD", "%s can only be typed at a terminal")
MESSAGE(TOO_LONG, 10, 'E', "CMD", "The command is longer than %u characters")
/* VM/40's own: CP ran out of something. */
MESSAGE(NO_STORAGE, 1099, 'S', "CMD", "%s: CP has not enough real storage")

/* ---- operands that many commands have ---------------------------------- */
MESSAGE(INVALID_DEVICE_TYPE, 6, 'E', "CMD", "Invalid device type - %s")
MESSAGE(INVALID_USERID, 7, 'E', "CMD", "Invalid userid - %s")
MESSAGE(USERID_MISSING, 20, 'E', "CMD", "Userid missing or invalid")
MESSAGE(VDEV_MISSING, 22, 'E', "CMD", "A virtual device number was not supplied or it was invalid")
MESSAGE(STORAGE_INVALID, 25, 'E', "CMD", "Storage size missing or invalid - %s")
MESSAGE(NO_DEVICE, 40, 'E', "CMD", "Device %s does not exist")
MESSAGE(NOT_LOGGED_ON, 45, 'E', "CMD", "%s not logged on")
MESSAGE(LOCKED_OUT, 1067, 'W', "LGA", "%u wrong passwords for %s: nobody is admitted by one for %u minutes")
MESSAGE(NOT_IN_DIRECTORY, 53, 'E', "CMD", "%s not in CP directory")
MESSAGE(DIRECTORY_ERROR, 1053, 'S', "CMD", "The CP directory cannot be read")

/* ---- LOGON, LOGOFF ------------------------------------------------------ */
MESSAGE(LOGON_FAILED, 50, 'E', "LGA", "LOGON unsuccessful--incorrect userid and/or password")
MESSAGE(ALREADY_LOGGED_ON, 54, 'E', "LGA", "Already logged on - %s %s")
MESSAGE(LOGON_BUSY, 361, 'E', "LGA", "LOGOFF/FORCE pending for user %s")
MESSAGE(LOGON_NO_STORAGE, 1051, 'S', "LGA", "LOGON of %s unsuccessful--CP has not enough real storage")
MESSAGE(LOGON_ENTRY, 1052, 'S', "LGA", "LOGON of %s unsuccessful--its directory entry is damaged")
MESSAGE(LOGON_RESTORING, 1106, 'E', "LGA", "LOGON of %s unsuccessful--the RESTORE of %s has not ended")
MESSAGE(LOGON_DEVICE, 1054, 'W', "LGA", "Device %s not defined--%s")
MESSAGE(PASSWORD_ATTEMPTS, 1055, 'W', "LGA", "%u unsuccessful %s attempts at %s, last as %s")
MESSAGE(WEAK_PASSWORDS, 1056, 'W', "LGA", "%u users have their userid as password")
MESSAGE(AUTOLOG_FAILED, 59, 'E', "XAL", "AUTOLOG failed for %s - %s")
MESSAGE(LOGOFF_PENDING, 361, 'E', "FRC", "LOGOFF/FORCE pending for user %s")
MESSAGE(RECONNECTED_STOPPED, 1057, 'I', "LGA",
	"Your virtual machine is stopped in CP READ; BEGIN lets it go on")

/* ---- running a machine --------------------------------------------------- */
MESSAGE(CP_ENTERED, 450, 'W', "GIR", "CP entered; %s")
MESSAGE(NOT_RUNNABLE, 452, 'E', "BEG", "The virtual machine was not IPLed; IPL something first")
/* VM/40's own: this processor has not got it. */
MESSAGE(NO_ASSIST, 1068, 'E', "CFS", "%s is not available on this processor")
MESSAGE(STORAGE_LIMIT, 94, 'E', "DST", "Storage not defined--%s exceeds the allowed maximum of %s")
MESSAGE(IPL_PARM_LONG, 1058, 'E', "IPL", "PARM is longer than %u characters")
MESSAGE(LOADPARM_INVALID, 1059, 'E', "IPL", "LOADPARM missing or longer than eight characters")
MESSAGE(NOT_IPLABLE, 1060, 'E', "IPL", "Device %s cannot be IPLed")
MESSAGE(SYSTEM_UNKNOWN, 44, 'E', "IPL", "Saved system %s does not exist")

/* ---- DISPLAY and STORE ---------------------------------------------------- */
MESSAGE(HEXLOC, 4, 'E', "CDS", "Invalid hexloc - %s")
MESSAGE(HEXDATA, 5, 'E', "CDS", "Invalid hexdata - %s")
MESSAGE(RANGE, 9, 'E', "CDS", "Invalid range - %s")
MESSAGE(REGISTER, 10, 'E', "CDS", "Invalid register - %s")
MESSAGE(HEXLOC_MISSING, 33, 'E', "CDS", "Hexloc missing or invalid")
MESSAGE(HEXLOC_EXCEEDS, 160, 'E', "CDS", "Hexloc %s exceeds storage")
MESSAGE(NOT_MAPPED, 1061, 'E', "CDS", "Virtual address %s has no translation")

/* ---- talking --------------------------------------------------------------- */
MESSAGE(NOT_RECEIVING, 57, 'W', "MSG", "%s not receiving; %s OFF")
MESSAGE(TEXT_MISSING, 3, 'E', "MSG", "Message text missing")
MESSAGE(NOT_SECUSER, 1062, 'E', "SND", "You are neither the secondary user of %s nor have privilege class C")

/* ---- devices and links ------------------------------------------------------ */
MESSAGE(LINK_RW_BY, 101, 'W', "LNK", "DASD %s forced R/O; R/W by %s")
MESSAGE(LINK_RO_BY, 102, 'W', "LNK", "DASD %s forced R/O; R/O by %s")
MESSAGE(LINK_REFUSED_RW, 104, 'E', "LNK", "%s %s not linked; R/W by %s")
MESSAGE(LINK_REFUSED_RO, 105, 'E', "LNK", "%s %s not linked; R/O by %s")
MESSAGE(LINK_NOT_IN_DIRECTORY, 107, 'E', "LNK", "%s %s not linked; not in CP directory")
MESSAGE(LINK_NOT_MOUNTED, 108, 'E', "LNK", "%s %s not linked; volid %s not mounted")
MESSAGE(LINK_MODE, 109, 'E', "LNK", "Invalid LINK mode - %s")
MESSAGE(LINK_DEFINED, 110, 'E', "LNK", "%s %s not linked; %s already defined")
MESSAGE(LINK_NO_READ, 111, 'E', "LNK", "%s %s not linked; no read password")
MESSAGE(LINK_NO_WRITE, 112, 'E', "LNK", "%s %s not linked; no write password")
MESSAGE(LINK_NO_MULTI, 113, 'E', "LNK", "%s %s not linked; no mult password")
MESSAGE(LINK_PASSWORD, 114, 'E', "LNK", "%s %s not linked; mode or password incorrect")
MESSAGE(LINK_RESTORING, 1107, 'E', "LNK", "%s %s not linked; the RESTORE of %s has not ended")
MESSAGE(LINK_NO_STORAGE, 1063, 'S', "LNK", "%s %s not linked; CP has not enough real storage")
MESSAGE(LINK_OUTSIDE, 1064, 'S', "LNK",
	"%s %s not linked; its extent does not lie in the minidisk area of %s")
MESSAGE(NO_TEMPORARY, 91, 'E', "DEF", "DASD %s not defined; temp space not available")
MESSAGE(DEVICE_DEFINED, 92, 'E', "DEF", "Device %s not defined; it exists already")
MESSAGE(DEVICE_BUSY, 1065, 'E', "DET", "Device %s is busy")

/* ---- spool files -------------------------------------------------------------- */
MESSAGE(CLASS_INVALID, 28, 'E', "SPL", "Class missing or invalid - %s")
MESSAGE(NAME_INVALID, 29, 'E', "SPL", "Filename or filetype missing or invalid - %s")
MESSAGE(COPY_INVALID, 30, 'E', "SPL", "Copies missing or invalid - %s")
MESSAGE(SPOOLID_MISSING, 35, 'E', "SPL", "Spoolid missing or invalid - %s")
MESSAGE(SPOOLID_UNKNOWN, 42, 'E', "SPL", "Spoolid %s does not exist")
MESSAGE(SPOOL_AREA, 1066, 'S', "SPL", "%s: the spool area is full or its volume has an I/O error")

/* ---- saved machines: VM/40's own; each takes what was to be saved and the volume --------------------------------- */
MESSAGE(SAVED_NO_AREA, 1070, 'E', "SAV", "%s: volume %s has no area for saved machines")
MESSAGE(SAVED_FULL, 1071, 'E', "SAV",
	"%s: no room among the saved machines of volume %s; nothing was replaced")
MESSAGE(SAVED_PLACES, 1072, 'E', "SAV",
	"%s: the catalogue of saved machines of volume %s is full; nothing was replaced")
MESSAGE(SAVED_DAMAGED, 1073, 'S', "SAV", "%s: damaged among the saved machines of volume %s")
MESSAGE(SAVED_GONE, 1074, 'E', "SAV", "%s is not among the saved machines of volume %s")
MESSAGE(SAVED_IO, 1075, 'S', "SAV", "%s: volume %s has an I/O error; what was saved before is as it was")
MESSAGE(SAVED_STORAGE, 1076, 'S', "SAV",
	"%s: CP has not enough real storage to use the saved machines of volume %s")
MESSAGE(SAVED_NAME, 1077, 'E', "SAV", "The name of a saved machine is 1 to 8 letters and digits - %s")
MESSAGE(NSS_NAME, 1079, 'E', "NSS", "The name of a saved system must not be a device number - %s")
MESSAGE(SAVED_PRIVILEGE, 1078, 'E', "SAV", "%s is another's: privilege class A or E is needed")
MESSAGE(SAVED_BUSY, 1101, 'E', "SAV", "%s of volume %s is being restored")
MESSAGE(SAVED_SHARED, 1102, 'E', "SAV", "%s not saved--minidisk %s")
MESSAGE(SAVED_TEMPORARY, 1110, 'W', "SAV", "%s: what is on temporary disks%s is not saved")
MESSAGE(IMAGE_BAD, 1080, 'E', "RST", "%s not restored--%s")
MESSAGE(IMAGE_VALUE, 1081, 'E', "RST", "%s not restored--%s")
MESSAGE(IMAGE_PORT, 1082, 'E', "RST", "%s not restored--it is a machine of another kind: %s")
MESSAGE(IMAGE_OWNER, 1083, 'E', "RST", "%s not restored--it is the machine of %s")
MESSAGE(IMAGE_STORAGE, 1084, 'E', "RST", "%s not restored--its storage exceeds the allowed maximum of %s")
MESSAGE(IMAGE_FACILITY, 1085, 'E', "RST", "%s not restored--there is no %s here; ANYWAY insists")
MESSAGE(IMAGE_FACILITY_GONE, 1086, 'W', "RST", "%s: there is no %s here")
MESSAGE(IMAGE_DISK_GONE, 1087, 'E', "RST", "%s not restored--minidisk %s cannot be linked")
MESSAGE(IMAGE_DISK_SIZE, 1088, 'E', "RST", "%s not restored--minidisk %s has another size")
MESSAGE(IMAGE_DISK_BUSY, 1089, 'E', "RST", "%s not restored--minidisk %s was read/write and cannot be now")
MESSAGE(IMAGE_TEMPORARY, 1111, 'W', "RST", "%s: temporary disks%s are no more and were detached")
MESSAGE(IMAGE_SYSTEM_GONE, 1109, 'E', "RST", "%s not restored--saved system %s: %s")
MESSAGE(IMAGE_NO_STORAGE, 1090, 'S', "RST", "%s not restored--CP has not enough real storage%s")
MESSAGE(IMAGE_LOGGED_ON, 1091, 'E', "RST", "%s not restored--%s is logged on")
MESSAGE(IMAGE_NO_USER, 1092, 'E', "RST", "%s not restored--%s not in CP directory")
MESSAGE(IMAGE_DIRECTORY, 1093, 'S', "RST", "%s not restored--the CP directory entry of %s cannot be read")
MESSAGE(IMAGE_DISK_LINKED, 1103, 'E', "RST", "%s not restored--minidisk %s")
MESSAGE(IMAGE_HALF, 1104, 'S', "RST",
	"%s restored in part: the minidisks of %s are neither old nor new until RESTORE has ended")
MESSAGE(IMAGE_OTHER, 1105, 'E', "RST", "%s not restored--the RESTORE of %s has not ended")
MESSAGE(SHUTDOWN_REFUSED, 1094, 'E', "SHU", "CP is not shut down--%s%s")
MESSAGE(WARM_STAYS, 1095, 'W', "WRM", "The machine of %s stays saved as %s")
