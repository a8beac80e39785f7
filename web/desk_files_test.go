package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hejie/bot"
)

// fileDesk is an operator that has files and nothing else.
type fileDesk struct {
	Operator
	files map[string]bot.File
}

func (d fileDesk) Files(_ context.Context, conv string) ([]bot.File, error) {
	var out []bot.File
	for _, f := range d.files {
		if f.ConvID == conv {
			out = append(out, f)
		}
	}
	return out, nil
}

func (d fileDesk) File(_ context.Context, id string) (bot.File, []byte, error) {
	f, ok := d.files[id]
	if !ok {
		return f, nil, fmt.Errorf("fake: %w", bot.ErrNotFound)
	}
	return f, []byte("<script>alert(1)</script>"), nil
}

// What a stranger sent never runs beside the console: pictures are drawn, everything else is downloaded, under a policy that allows nothing.
func TestFilesAreShownSafely(t *testing.T) {
	files := map[string]bot.File{}
	for id, mime := range map[string]string{"jpg": "image/jpeg", "pdf": "application/pdf", "html": "text/html", "svg": "image/svg+xml", "none": ""} {
		files[id] = bot.File{ID: "file-of-" + id, ConvID: "c1", Mime: mime, State: "kept"}
	}
	files["new"] = bot.File{ID: "new", ConvID: "c1", State: "new"}
	files["other"] = bot.File{ID: "other", ConvID: "c2", Mime: "image/png", State: "kept"}
	d := newTestDesk(t, func(o *Options) { o.Operator = fileDesk{files: files} })
	at := consoleAPI + "/conversations/c1/files"
	if res := d.client().get(at + "/jpg"); res.status != 401 {
		t.Errorf("a stranger: %d", res.status)
	}
	c := d.as("agent")
	var list struct{ Items []bot.File }
	if c.get(at).into(t, &list); len(list.Items) != 6 {
		t.Errorf("%d files", len(list.Items))
	}
	for id, f := range files {
		res := c.get(at + "/" + id)
		switch {
		case id == "new" && res.status != 410, id == "other" && res.status != 404:
			t.Errorf("%s: %d", id, res.status)
		case id == "new" || id == "other":
			continue
		}
		how := res.header.Get("Content-Disposition")
		if inline := strings.HasPrefix(how, "inline"); res.status != 200 || inline != (f.Mime == "image/jpeg") {
			t.Errorf("%s: %d %q", id, res.status, how)
		}
		if p := res.header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || !strings.Contains(p, "sandbox") ||
			res.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(res.header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: %v", id, res.header)
		}
	}
	if n := len(slices.DeleteFunc(d.console.kinds(), func(k string) bool { return k != "file_opened" })); n != 5 {
		t.Errorf("%d openings recorded", n)
	}
	d.console.auditErr = fmt.Errorf("the disk is full")
	if res := c.get(at + "/jpg"); res.status != 500 || strings.Contains(string(res.body), "script") {
		t.Errorf("shown without a record: %d", res.status)
	}
}
