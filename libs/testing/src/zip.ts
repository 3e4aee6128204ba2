import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

/** A zip file of these entries, name → content, as any tool would write it. */
export function zipOf(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const path = Buffer.from(name);
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const common = commonHeader(path, data, packed);
    const local = Buffer.concat([uint32(0x04034b50), common, path, packed]);
    // Comment length, disk, internal and external attributes: none.
    directory.push(
      Buffer.concat([uint32(0x02014b50), uint16(20), common, Buffer.alloc(10), uint32(offset), path]),
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const count = uint16(directory.length);
  const end = [
    uint32(0x06054b50),
    Buffer.alloc(4),
    count,
    count,
    uint32(central.length),
    uint32(offset),
    uint16(0),
  ];
  return Buffer.concat([...parts, central, ...end]);
}

/** A zip file of everything below a folder. */
export function zipFolder(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return zipOf(
    Object.fromEntries(
      files.map((file) => [file.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(file)]),
    ),
  );
}

// What the local header and the directory have in common: version, flags (names are UTF-8), method, time, sizes.
function commonHeader(path: Buffer, data: Buffer, packed: Buffer): Buffer {
  return Buffer.concat([
    ...[20, 0x0800, 8, 0, 0x21].map(uint16),
    ...[crc32(data), packed.length, data.length].map(uint32),
    ...[path.length, 0].map(uint16),
  ]);
}

function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}
