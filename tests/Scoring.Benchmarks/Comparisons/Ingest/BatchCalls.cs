namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>RecordEvents calls, one after the other.</summary>
internal sealed class BatchCalls(GrpcTransport transport, BatchSource source)
{
    private readonly BatchTemplate _template = EventRequest.Template();

    /// <summary>Sends until nothing is left, and sees every answer.</summary>
    public async Task RunAsync()
    {
        while (_template.TryFill(source))
        {
            using var content = new ReadOnlyMemoryContent(_template.Bytes);
            using var answer = await transport.CallAsync("RecordEvents", content);
            var body = await answer.Content.ReadAsByteArrayAsync();
            GrpcTransport.ThrowUnlessOk(answer);
            if (EventRequest.TakeAnswer(body) != body.Length)
            {
                throw new InvalidOperationException("The answer is not one message.");
            }
        }
    }
}
