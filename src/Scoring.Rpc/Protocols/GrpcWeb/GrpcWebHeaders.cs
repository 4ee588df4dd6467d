namespace Scoring.Rpc.Protocols.GrpcWeb;

/// <summary>The content types of gRPC-Web; everything else has the names of gRPC.</summary>
internal static class GrpcWebHeaders
{
    public const string ContentType = "application/grpc-web";
    public const string ContentTypeProto = "application/grpc-web+proto";

    /// <summary>The whole body is base64, for browsers that cannot read binary streams.</summary>
    public const string ContentTypeText = "application/grpc-web-text";
    public const string ContentTypeTextProto = "application/grpc-web-text+proto";

    public static bool IsBinary(ReadOnlySpan<char> contentType) =>
        MediaType.Is(contentType, ContentType) || MediaType.Is(contentType, ContentTypeProto);

    public static bool IsText(ReadOnlySpan<char> contentType) =>
        MediaType.Is(contentType, ContentTypeText) || MediaType.Is(contentType, ContentTypeTextProto);
}
