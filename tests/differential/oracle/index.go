// What containerd chooses from an index: its own reader of images over documents in memory.
//
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"bytes"
	"context"
	_ "crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/platforms"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go/v1"
)

type documents map[digest.Digest][]byte

type reader struct{ *bytes.Reader }

func (reader) Close() error { return nil }

func (d documents) ReaderAt(_ context.Context, desc v1.Descriptor) (content.ReaderAt, error) {
	text, ok := d[desc.Digest]
	if !ok {
		return nil, fmt.Errorf("%s: not there", desc.Digest)
	}
	return reader{bytes.NewReader(text)}, nil
}

func nextText(in *[]byte) []byte {
	n := binary.LittleEndian.Uint32(*in)
	text := (*in)[4 : 4+n]
	*in = (*in)[4+n:]
	return text
}

// The platform that is asked for ("": this machine's), "strict" or "", then documents, an index the last: each after its length. The answer is
// the annotation "n" of the manifest that is taken.
func readIndex(in []byte, out *bytes.Buffer) error {
	asked, strict := string(nextText(&in)), string(nextText(&in)) != ""
	all := documents{}
	var root []byte
	for len(in) > 0 {
		root = nextText(&in)
		all[digest.FromBytes(root)] = root
	}
	want := platforms.DefaultSpec()
	if asked != "" {
		var err error
		if want, err = platforms.Parse(asked); err != nil {
			return err
		}
	}
	take := platforms.Only(want)
	if strict {
		take = platforms.OnlyStrict(want)
	}
	m, err := images.Manifest(context.Background(), all, v1.Descriptor{MediaType: v1.MediaTypeImageIndex, Digest: digest.FromBytes(root), Size: int64(len(root))}, take)
	if err != nil {
		return err
	}
	io.WriteString(out, m.Annotations["n"]+"\n")
	return nil
}
