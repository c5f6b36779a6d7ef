#include "CKernelLanes.h"
