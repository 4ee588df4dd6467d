using Google.Protobuf;
using Grpc.Reflection.V1Alpha;
using CurrentRequest = Grpc.Reflection.V1.ServerReflectionRequest;

namespace Scoring.Rpc.Reflection;

/// <summary>Answers <c>grpc.reflection.v1alpha</c>, whose messages have the same bytes as those of v1.</summary>
internal sealed class ReflectionAlphaHandler(DescriptorIndex index)
{
    private readonly ReflectionHandler _current = new(index);

    public async IAsyncEnumerable<ServerReflectionResponse> ServerReflectionInfo(
        IAsyncEnumerable<ServerReflectionRequest> requests,
        CallContext context
    )
    {
        await foreach (var request in requests.WithCancellation(context.ServerStopping))
        {
            var answer = _current.Answer(CurrentRequest.Parser.ParseFrom(request.ToByteString()));
            yield return ServerReflectionResponse.Parser.ParseFrom(answer.ToByteString());
        }
    }
}
