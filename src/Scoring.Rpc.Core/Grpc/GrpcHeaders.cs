namespace Scoring.Rpc.Grpc;

/// <summary>The names of gRPC over HTTP/2. Requests carry the first group, responses the second.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string ContentTypeProto = "application/grpc+proto";
    public const string Timeout = "grpc-timeout";

    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string StatusDetails = "grpc-status-details-bin";

    /// <summary>Whether a content type is gRPC with protobuf messages; parameters after a semicolon are allowed.</summary>
    public static bool IsContentType(ReadOnlySpan<char> contentType)
    {
        var end = contentType.IndexOf(';');
        var type = (end < 0 ? contentType : contentType[..end]).TrimEnd();
        return type.Equals(ContentType, StringComparison.OrdinalIgnoreCase)
            || type.Equals(ContentTypeProto, StringComparison.OrdinalIgnoreCase);
    }
}
