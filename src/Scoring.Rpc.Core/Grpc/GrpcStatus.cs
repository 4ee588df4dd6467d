using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Scoring.Rpc.Grpc;

/// <summary>The status of a call in the trailers of gRPC.</summary>
/// <remarks>
/// Peers limit the size of headers (the C core to 8 KiB by default), and a status that does not get through is worse than a shortened
/// one: the message is cut and the details that do not fit are left off, from the last one on.
/// </remarks>
internal static class GrpcStatus
{
    /// <summary>The most characters of <c>grpc-message</c>, as they are encoded.</summary>
    public const int MaxMessageLength = 2048;

    /// <summary>The most bytes of the details, before base64 makes them a third longer.</summary>
    public const int MaxDetailsSize = 3072;

    /// <summary>The text of <c>grpc-status</c>, without an allocation.</summary>
    public static string CodeText(StatusCode code) =>
        (uint)code < (uint)CodeTexts.Length ? CodeTexts[(int)code] : CodeTexts[(int)StatusCode.Unknown];

    /// <summary>The text of <c>grpc-message</c>.</summary>
    public static string MessageText(string message) => PercentEncoding.Encode(Fit(message));

    /// <summary>The text of <c>grpc-status-details-bin</c>; null if there are no details.</summary>
    public static string? DetailsText(RpcException error)
    {
        if (error.Details.Count == 0)
        {
            return null;
        }

        var status = new Google.Rpc.Status { Code = (int)error.Code, Message = Fit(error.Message) };
        foreach (var detail in error.Details)
        {
            status.Details.Add(detail);
            if (status.CalculateSize() > MaxDetailsSize)
            {
                status.Details.RemoveAt(status.Details.Count - 1);
                break;
            }
        }

        return BinaryValue.Encode(status.ToByteArray());
    }

    /// <summary>The error that trailers tell of, null for OK.</summary>
    /// <param name="code">The text of <c>grpc-status</c>; unknown numbers are UNKNOWN.</param>
    /// <param name="message">The text of <c>grpc-message</c>, if there.</param>
    /// <param name="details">The text of <c>grpc-status-details-bin</c>, if there; what cannot be read is left out.</param>
    /// <param name="trailers">The metadata beside it.</param>
    public static RpcException? Read(string code, string? message, string? details, Metadata trailers)
    {
        if (!int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return new RpcException(
                StatusCode.Unknown,
                $"The server sent the status '{PeerText.Of(code)}'.",
                [],
                trailers
            );
        }

        if (number == 0)
        {
            return null;
        }

        var status = number < CodeTexts.Length ? (StatusCode)number : StatusCode.Unknown;
        return new RpcException(status, PercentEncoding.Decode(message ?? ""), ReadDetails(details), trailers);
    }

    private static string Fit(string message)
    {
        var fitting = message;
        for (var length = MaxMessageLength; PercentEncoding.Encode(fitting).Length > MaxMessageLength; length /= 2)
        {
            fitting = string.Concat(message.AsSpan(0, Math.Min(message.Length, length)), "...");
        }

        return fitting;
    }

    private static RepeatedField<Any> ReadDetails(string? details)
    {
        if (details is null || !BinaryValue.TryDecode(details, out var bytes))
        {
            return [];
        }

        try
        {
            return Google.Rpc.Status.Parser.ParseFrom(bytes).Details;
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }

    private static readonly string[] CodeTexts =
    [
        .. Enumerable
            .Range(0, (int)StatusCode.Unauthenticated + 1)
            .Select(i => i.ToString(CultureInfo.InvariantCulture)),
    ];
}
