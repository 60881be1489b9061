// How behaviour is judged by what the command line says; the same for the service and for rescore.
#pragma once

#include "analysis/service.h"
#include "eti/engine/behaviour_worker.h"

namespace eti::analysis {

// Throws std::runtime_error with a sentence when the model or the roots cannot be read.
BehaviourWorkerOptions behaviour_options(const ServiceOptions& options);

}  // namespace eti::analysis
