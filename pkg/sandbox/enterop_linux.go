package sandbox

// Operations that only [Enter] does.

// Stage has the caller of [Enter] do its part in dir, before the root changes.
func Stage(dir string) Op { return Op{Do: doStage, Target: dir} }

// Seal makes the mount at target read-only; mounts below it stay as they are.
func Seal(target string) Op { return Op{Do: doSeal, Target: target} }

// SealAll makes the mount at target and all mounts below it read-only.
func SealAll(target string) Op { return Op{Do: doSealAll, Target: target} }

// Loopback brings up the loopback device of a new network namespace, which
// comes with nothing else.
func Loopback() Op { return Op{Do: doLoop} }

// IsOverlay tells whether o mounts an overlay, which not every kernel lets
// users do.
func IsOverlay(o Op) bool { return o.Do == doMount && o.Source == "overlay" }
