package gateway_test

import (
	"encoding/binary"
	"hash/crc32"
)

// crc is the checksum of a PNG chunk.
func crc(chunk []byte) []byte { return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(chunk)) }
