using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Google.Protobuf;
using Grpc.Core;
using Scoring.Server.Errors;
using Scoring.Server.Wire;

namespace Scoring.Server.Recording;

/// <summary>The events of a request where they lie in its bytes; valid as long as those.</summary>
/// <remarks><c>RecordEventRequest</c> and <c>RecordEventsRequest</c> have the same form: the workspace is field 1, events are field 2.</remarks>
internal readonly ref struct WireEvents
{
    private const uint WorkspaceTag =
        (V1.RecordEventsRequest.WorkspaceFieldNumber << WireReader.WireTypeBits) | WireReader.Delimited;

    private const uint EventTag =
        (V1.RecordEventsRequest.EventsFieldNumber << WireReader.WireTypeBits) | WireReader.Delimited;

    private readonly ReadOnlySpan<byte> _request;

    /// <summary>The events of a request.</summary>
    /// <exception cref="RpcException">It cannot be read.</exception>
    public WireEvents(ReadOnlySpan<byte> request)
    {
        _request = request;
        var reader = new WireReader(request);
        ReadOnlySpan<byte> workspace = default;
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case WorkspaceTag:
                    workspace = reader.ReadDelimited();
                    break;
                case EventTag:
                    reader.ReadDelimited();
                    Count++;
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        ThrowUnless(!reader.IsMalformed && Utf8.IsValid(workspace), request);
        Workspace = Encoding.UTF8.GetString(workspace);
    }

    /// <summary>The workspace as it was sent, empty for the default.</summary>
    public string Workspace { get; }

    public int Count { get; }

    /// <summary>All of the events as one: a field that is no list is merged if it comes twice.</summary>
    /// <returns>False if there is none.</returns>
    /// <exception cref="RpcException">It cannot be read.</exception>
    public bool TryMerge(out WireEvent single)
    {
        single = default;
        var reader = new WireReader(_request);
        while (reader.TrySeek(EventTag))
        {
            ThrowUnless(single.TryMerge(reader.ReadDelimited()), _request);
        }
        return Count > 0;
    }

    public Enumerator GetEnumerator() => new(_request);

    /// <summary>Reads the request the long way, which says what is wrong with it.</summary>
    private static void ThrowUnless(bool good, ReadOnlySpan<byte> request)
    {
        if (good)
        {
            return;
        }
        try
        {
            V1.RecordEventsRequest.Parser.ParseFrom(request);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw CallErrors.Malformed(error.Message);
        }
        throw new UnreachableException("What cannot be read as events cannot be read as a message either.");
    }

    /// <summary>Walks over the events.</summary>
    internal ref struct Enumerator(ReadOnlySpan<byte> request)
    {
        private readonly ReadOnlySpan<byte> _request = request;
        private WireReader _reader = new(request);
        private WireEvent _current;

        [UnscopedRef]
        public readonly ref readonly WireEvent Current => ref _current;

        /// <exception cref="RpcException">An event cannot be read.</exception>
        public bool MoveNext()
        {
            if (!_reader.TrySeek(EventTag))
            {
                return false;
            }
            _current = default;
            ThrowUnless(_current.TryMerge(_reader.ReadDelimited()), _request);
            return true;
        }
    }
}
