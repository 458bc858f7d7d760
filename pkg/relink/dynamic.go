package relink

import (
	"fmt"
	"slices"
)

// tag is an entry of a dynamic section.
type tag struct {
	tag dynTag
	val uint64
}

// dynamic is a dynamic section, without the DT_NULL entries at its end.
type dynamic struct {
	f    *file
	phdr int   // which program header
	off  int64 // in the file
	room int   // entries there is place for, the DT_NULL at the end among them
	tags []tag
}

func (f *file) readDynamic() error {
	i := slices.IndexFunc(f.phdrs, func(p phdr) bool { return p.kind == ptDynamic && p.filesz > 0 })
	if i < 0 {
		return nil
	}
	p := f.phdrs[i]
	entry := 2 * f.wordSize()
	room := p.filesz / uint64(entry)
	if room > maxTags {
		return fmt.Errorf("a dynamic section of %d entries", room)
	}
	b, err := f.read(p.off, int(room)*entry, "the dynamic section")
	if err != nil {
		return err
	}
	d := &dynamic{f: f, phdr: i, off: int64(p.off), room: int(room)}
	for e := range slices.Chunk(b, entry) {
		t := tag{dynTag(f.word(e)), f.word(e[f.wordSize():])}
		if t.tag == dtNull {
			break
		}
		d.tags = append(d.tags, t)
	}
	f.dynamic = d
	return nil
}

func (d *dynamic) drop(t dynTag) {
	d.tags = slices.DeleteFunc(d.tags, func(e tag) bool { return e.tag == t })
}

// set gives the tag its only value.
func (d *dynamic) set(t dynTag, val uint64) {
	if i := d.index(t); i >= 0 {
		d.tags[i].val = val
		return
	}
	d.tags = append(d.tags, tag{t, val})
}

func (d *dynamic) index(t dynTag) int {
	return slices.IndexFunc(d.tags, func(e tag) bool { return e.tag == t })
}

func (d *dynamic) value(t dynTag) uint64 {
	if i := d.index(t); i >= 0 {
		return d.tags[i].val
	}
	return 0
}

func (d *dynamic) noDefaultLib() {
	d.set(dtFlags1, d.value(dtFlags1)|df1NoDefLib)
}

// fits says whether the entries and the DT_NULL have room where they are.
func (d *dynamic) fits() bool { return len(d.tags) < d.room }

// bytes encodes the section, filled with DT_NULL as far as there was room.
func (d *dynamic) bytes() []byte {
	w := d.f.wordSize()
	b := make([]byte, 2*w*max(d.room, len(d.tags)+1))
	for i, t := range d.tags {
		d.f.putWord(b[2*w*i:], uint64(t.tag))
		d.f.putWord(b[2*w*i+w:], t.val)
	}
	return b
}
