using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Scoring.Rpc;

/// <summary>A call that ended with a status other than OK: thrown by handlers to answer so, and by the client on such an answer.</summary>
/// <remarks>The message and the details travel to the other side as they are.</remarks>
public sealed class RpcException : Exception
{
    /// <summary>An error with details packed from protobuf messages.</summary>
    /// <param name="code">The status; must not be OK.</param>
    /// <param name="message">What went wrong and what to do about it, for a developer.</param>
    /// <param name="details">Usually of <c>google/rpc/error_details.proto</c>; each is packed into an <see cref="Any"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="code"/> is OK.</exception>
    public RpcException(StatusCode code, string message, params ReadOnlySpan<IMessage> details)
        : this(code, message, Pack(details), trailers: null, inner: null) { }

    /// <summary>An error with details that are packed already.</summary>
    /// <param name="code">The status; must not be OK.</param>
    /// <param name="message">What went wrong and what to do about it, for a developer.</param>
    /// <param name="details">The details, in order.</param>
    /// <param name="trailers">Metadata that goes with the status; a server appends it to the trailers of the call.</param>
    /// <param name="inner">What caused it; never leaves the process.</param>
    /// <exception cref="ArgumentException"><paramref name="code"/> is OK.</exception>
    public RpcException(
        StatusCode code,
        string message,
        IReadOnlyList<Any> details,
        Metadata? trailers = null,
        Exception? inner = null
    )
        : base(message, inner)
    {
        if (code == StatusCode.Ok)
        {
            throw new ArgumentException("OK is not an error.", nameof(code));
        }

        Code = code;
        Details = details;
        Trailers = trailers ?? [];
    }

    /// <summary>The status; never OK.</summary>
    public StatusCode Code { get; }

    /// <summary>The structured details, in the order in which they were given; empty if there are none.</summary>
    public IReadOnlyList<Any> Details { get; }

    /// <summary>Metadata that came or goes with the status.</summary>
    public Metadata Trailers { get; }

    /// <summary>The first detail of a type.</summary>
    /// <typeparam name="T">The protobuf type, such as <c>Google.Rpc.BadRequest</c>.</typeparam>
    /// <param name="detail">The detail, or null if there is none of this type.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="InvalidProtocolBufferException">The detail names this type and does not hold it.</exception>
    public bool TryGetDetail<T>([NotNullWhen(true)] out T? detail)
        where T : class, IMessage, new()
    {
        foreach (var any in Details)
        {
            if (any.TryUnpack<T>(out var found))
            {
                detail = found!;
                return true;
            }
        }

        detail = null;
        return false;
    }

    private static Any[] Pack(ReadOnlySpan<IMessage> messages)
    {
        if (messages.IsEmpty)
        {
            return [];
        }

        var packed = new Any[messages.Length];
        for (var i = 0; i < packed.Length; i++)
        {
            packed[i] = messages[i] as Any ?? Any.Pack(messages[i]);
        }

        return packed;
    }
}
