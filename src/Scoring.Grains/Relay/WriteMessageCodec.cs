using System.Buffers;
using System.Numerics;
using System.Text;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Grains.Relay;

/// <summary>The form in which commands go between silos.</summary>
/// <remarks>
/// One field of so many bytes: version u8, kind u8, length of the workspace's name u8 and the name in UTF-8, count of commands, and for each its partition,
/// the length of its payload (these three as variable-length numbers) and the payload as it is stored.
/// </remarks>
[RegisterSerializer]
internal sealed class WriteMessageCodec : IFieldCodec<WriteMessage>
{
    private const byte Version = 1;
    private const int FixedBytes = 3;

    // What is sent was bounded by whoever wrote it; more than this is not what it seems.
    private const int MostParts = 1 << 20;

    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer,
        uint fieldIdDelta,
        Type? expectedType,
        WriteMessage? value
    )
        where TBufferWriter : IBufferWriter<byte>
    {
        ArgumentNullException.ThrowIfNull(value);
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(WriteMessage), WireType.LengthPrefixed);
        var write = value.Write;
        var workspace = Encoding.UTF8.GetBytes(write.Workspace);
        writer.WriteVarUInt32((uint)LengthOf(write, workspace.Length));
        writer.WriteByte(Version);
        writer.WriteByte((byte)write.Kind);
        writer.WriteByte(checked((byte)workspace.Length));
        writer.Write(workspace);
        writer.WriteVarUInt32((uint)write.Parts.Count);
        foreach (var part in write.Parts)
        {
            writer.WriteVarUInt32((uint)part.Partition);
            writer.WriteVarUInt32((uint)part.Payload.Length);
            writer.Write(part.Payload.Written);
        }
    }

    public WriteMessage ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        ReferenceCodec.MarkValueField(reader.Session);
        field.EnsureWireType(WireType.LengthPrefixed);
        var length = reader.ReadVarUInt32();
        var end = reader.Position + length;
        if (reader.ReadByte() is var version and not Version)
        {
            throw new NotSupportedException($"Commands came in version {version}; this program reads {Version}.");
        }
        var kind = (CommandKind)reader.ReadByte();
        Span<byte> workspace = stackalloc byte[reader.ReadByte()];
        reader.ReadBytes(workspace);
        var parts = ReadParts(ref reader, end);
        return new(new HostWrite(Encoding.UTF8.GetString(workspace), kind, parts));
    }

    private static HostPart[] ReadParts<TInput>(ref Reader<TInput> reader, long end)
    {
        var count = reader.ReadVarUInt32();
        if (count > MostParts)
        {
            throw new InvalidDataException("A message has more commands than there may be.");
        }
        var parts = new HostPart[count];
        for (var i = 0; i < parts.Length; i++)
        {
            var partition = (int)reader.ReadVarUInt32();
            var bytes = reader.ReadVarUInt32();
            if (bytes > end - reader.Position)
            {
                throw new InvalidDataException("A command is longer than the message that it came in.");
            }
            var payload = new BlobWriter(Math.Max(1, (int)bytes));
            reader.ReadBytes(payload.Fixed((int)bytes));
            parts[i] = new HostPart(partition, payload);
        }
        return parts;
    }

    private static int LengthOf(HostWrite write, int workspaceBytes)
    {
        var length = FixedBytes + workspaceBytes + BytesOf(write.Parts.Count);
        foreach (var part in write.Parts)
        {
            length += BytesOf(part.Partition) + BytesOf(part.Payload.Length) + part.Payload.Length;
        }
        return length;
    }

    private static int BytesOf(int number) => (BitOperations.Log2((uint)number | 1) / 7) + 1;
}

/// <summary>Commands are handed over as they are: nobody changes them.</summary>
[RegisterCopier]
internal sealed class WriteMessageCopier : IDeepCopier<WriteMessage>
{
    public WriteMessage? DeepCopy(WriteMessage? input, CopyContext context) => input;
}
