package warehouse

import "context"

// Drop removes a table or a view.
func (w *Warehouse) Drop(ctx context.Context, name string) error {
	return w.exec(ctx, "DROP TABLE {db}."+name+" SYNC")
}
