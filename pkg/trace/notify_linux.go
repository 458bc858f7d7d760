package trace

import "context"

func (h *helper) notify() {}

func runNotify(ctx context.Context, cmd *Command, opts *Options, s *streams, on func(Event) error) (Result, error) {
	return Result{}, refusedBy(Notify, "x", context.Canceled)
}
