package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	fileBatch  = 4
	fileLease  = 2 * time.Minute
	fileTries  = 8
	fileLife   = 3 * 24 * time.Hour // peers keep files for three days
	fileMost   = 20 << 20
	filePause  = time.Minute
	fileLonger = 30 * time.Minute
)

// Files lists what a person sent in a conversation. What is still at the peer has state new.
func (b *Bot) Files(ctx context.Context, convID string) ([]File, error) {
	return b.store.Files(ctx, convID)
}

// File loads one with its content. ErrNotFound. The content came from outside: show it as what Mime says and as nothing else.
func (b *Bot) File(ctx context.Context, id string) (File, []byte, error) {
	return b.store.File(ctx, id)
}

// FetchFiles gets files people sent while the peers still have them.
func (b *Bot) FetchFiles(ctx context.Context) error {
	for {
		jobs, err := b.store.ClaimFiles(ctx, b.now(), fileLease, fileBatch)
		if err != nil || len(jobs) == 0 {
			return err
		}
		for _, j := range jobs {
			f, body, next := b.fetch(ctx, j)
			if err := b.store.FinishFile(ctx, f, body, next); err != nil {
				return fmt.Errorf("file %s: %w", j.ID, err)
			}
			if f.State != "new" {
				b.bus.Publish(Event{Kind: "message", ConvID: j.ConvID})
			}
		}
	}
}

// fetch is one attempt. A fault that may pass is tried again while the peer can still have the file.
func (b *Bot) fetch(ctx context.Context, j FileJob) (f File, body []byte, next time.Time) {
	f = File{ID: j.ID, State: "refused"}
	source, ok := b.senders[j.Channel+"/"+j.Account].(FileSource)
	if !ok {
		f.Fault = "this account cannot fetch files"
		return f, nil, next
	}
	ctx, cancel := context.WithTimeout(ctx, fileLease/2)
	defer cancel()
	_, body, err := source.FetchMedia(ctx, j.Media)
	switch {
	case errors.Is(err, ErrGone):
		f.State, f.Fault = "gone", "the sender's service no longer has it"
	case errors.Is(err, ErrTooLarge), err == nil && len(body) > fileMost:
		f.Fault = "larger than we take"
	case err != nil && (j.Attempts >= fileTries || b.now().Sub(time.UnixMilli(j.CreatedMS)) > fileLife):
		f.State, f.Fault = "gone", "it could not be fetched while the sender's service had it"
	case err != nil:
		b.log.Warn("a file could not be fetched; it is tried again", "channel", j.Channel, "account", j.Account, "file", j.ID, "why", err.Error())
		f.State, next = "new", b.now().Add(min(filePause<<min(j.Attempts, 8), fileLonger))
	default:
		if f.Mime = fileType(body); f.Mime == "" {
			f.Fault = "not a kind of file we keep"
			break
		}
		f.State, f.Size = "kept", int64(len(body))
		return f, body, next
	}
	return f, nil, next
}

// keptTypes are kinds of files that show something and run nothing, each with the ending it gets from us: the sender's name is not kept.
var keptTypes = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp", "application/pdf": ".pdf",
	"audio/mpeg": ".mp3", "audio/wave": ".wav", "audio/amr": ".amr", "audio/silk": ".silk", "video/mp4": ".mp4",
}

// FileExt is the ending of a kept file by its type; empty for what is not kept.
func FileExt(mime string) string { return keptTypes[mime] }

// fileType tells by the content what a file is; empty: nothing we keep. Whoever sent it, or passed it on, may say anything.
func fileType(body []byte) string {
	switch {
	case bytes.HasPrefix(body, []byte("#!AMR")):
		return "audio/amr"
	case bytes.HasPrefix(body, []byte("#!SILK")), bytes.HasPrefix(body, []byte("\x02#!SILK")):
		return "audio/silk"
	case len(body) > 2 && body[0] == 0xFF && body[1]&0xE0 == 0xE0: // MP3 without a tag
		return "audio/mpeg"
	}
	got, _, _ := strings.Cut(http.DetectContentType(body), ";")
	if keptTypes[got] == "" {
		return ""
	}
	return got
}
