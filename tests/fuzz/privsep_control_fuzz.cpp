#include "privsep_fuzz.h"

IKE_FUZZ_RECEIVER(EngineToControl, kAllKinds)
