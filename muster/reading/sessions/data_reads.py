"""Reads whose answer is what an account keeps, or what opens it, rather than how it is set.

Found by going through the operations that botocore knows: those whose answer is a file, a record, a message, an answer
to a query, a log line, a picture, a position, a person, a link that needs no signature, or a credential. A test goes
through them again. `service: the operations`, by botocore's names.
"""

from __future__ import annotations

_BY_SERVICE = {
    "account-access-runtime": "GetRoleCredentials",
    "acm": "GetAcmeExternalAccountBindingCredentials",
    "amplify": "GetArtifactUrl",
    "amplifybackend": "GetToken",
    "amplifyuibuilder": "GetCodegenJob",
    "apigateway": "GetApiKey GetApiKeys GetSdk",
    "appconfig": "GetConfiguration GetHostedConfigurationVersion",
    "appconfigdata": "GetLatestConfiguration",
    "appstream": "DescribeDirectoryConfigs",
    "appsync": "GetDataSourceIntrospection GetGraphqlApiEnvironmentVariables GetIntrospectionSchema ListApiKeys",
    "artifact": "GetReport GetTermForReport",
    "athena": "BatchGetNamedQuery BatchGetPreparedStatement BatchGetQueryExecution GetCalculationExecution"
    " GetCalculationExecutionCode GetNamedQuery GetPreparedStatement GetQueryExecution GetQueryResults",
    "auditmanager": "GetAssessmentReportUrl GetEvidence GetEvidenceByEvidenceFolder",
    "backupsearch": "ListSearchJobResults",
    "bedrock": "GetAutomatedReasoningPolicyBuildWorkflowResultAssets GetUseCaseForModelAccess",
    "bedrock-agent-runtime": "GetAgentMemory GetDocumentContent GetInvocationStep GetSession ListFlowExecutionEvents",
    "bedrock-agentcore": "GetEvent GetMemoryRecord GetResourceApiKey GetResourceOauth2Token"
    " GetResourcePaymentToken ListEvents ListMemoryRecords",
    "bedrock-agentcore-control": "GetDataset",
    "chime-sdk-messaging": "GetChannelMessage ListChannelMessages",
    "clouddirectory": "GetLinkAttributes GetObjectAttributes ListAttachedIndices ListIncomingTypedLinks"
    " ListIndex ListObjectAttributes ListOutgoingTypedLinks",
    "cloudfront": "GetConnectionFunction GetFunction",
    "cloudfront-keyvaluestore": "GetKey ListKeys",
    "cloudtrail": "GetQueryResults",
    "cloudwatch": "GetMetricWidgetImage",
    "cloudwatchomni": "GetSpaceCredentialsForOrganization GetSpaceDataAccess GetTelemetryQueryResults",
    "codeartifact": "GetAuthorizationToken GetPackageVersionAsset GetPackageVersionReadme",
    "codecommit": "BatchGetCommits GetBlob GetBlobDifferences GetComment GetCommentsForComparedCommit"
    " GetCommentsForPullRequest GetCommit GetDifferences GetFile GetFolder ListFileCommitHistory",
    "codeguruprofiler": "GetProfile",
    "codepipeline": "GetJobDetails GetThirdPartyJobDetails",
    "cognito-identity": "GetCredentialsForIdentity GetOpenIdToken GetOpenIdTokenForDeveloperIdentity",
    "cognito-idp": "DescribeUserImportJob DescribeUserPoolClient GetClientToken GetDerivedToken GetUser"
    " GetUserAuthFactors ListUserImportJobs ListUserPoolClientSecrets ListUsers ListUsersInGroup",
    "cognito-sync": "ListRecords",
    "connect": "BatchDescribeDataTableValue DescribeContact DescribeContactEvaluation GetAttachedFile"
    " GetContactAttributes GetFederationToken GetPromptFile ListContactReferences ListDataTableValues"
    " ListRealtimeContactAnalysisSegmentsV2",
    "connect-contact-lens": "ListRealtimeContactAnalysisSegments",
    "connectcases": "GetCase GetCaseAuditEvents",
    "connecthealth": "GetPatientInsightsJob",
    "connectparticipant": "GetAttachment GetAuthenticationUrl GetTranscript",
    "customer-profiles": "BatchGetCalculatedAttributeForProfile BatchGetProfile"
    " GetCalculatedAttributeForProfile GetMatches GetProfileHistoryRecord GetSimilarProfiles"
    " ListCalculatedAttributesForProfile ListObjectTypeAttributeValues ListProfileAttributeValues"
    " ListProfileHistoryRecords ListProfileObjects",
    "dataexchange": "GetAsset GetJob ListJobs ListRevisionAssets",
    "datapipeline": "DescribeObjects GetPipelineDefinition",
    "datazone": "GetConnection GetEnvironmentCredentials GetLineageEvent ListConnections",
    "devops-agent": "GetAssetContent GetAssetFile ListJournalRecords ListPendingMessages",
    "directconnect": "DescribeConnectionLoa DescribeInterconnectLoa DescribeLoa",
    "discovery": "DescribeExportConfigurations DescribeExportTasks",
    "dms": "DescribeCertificates DescribeMetadataModelExportsAsScript",
    "dynamodb": "BatchGetItem GetItem",
    "dynamodbstreams": "GetRecords",
    "ebs": "GetSnapshotBlock ListChangedBlocks ListSnapshotBlocks",
    "ec2": "DescribeBundleTasks GetConsoleOutput GetConsoleScreenshot GetInstanceUefiData GetPasswordData",
    "ecr": "BatchGetImage GetAuthorizationToken GetDownloadUrlForLayer",
    "ecr-public": "GetAuthorizationToken",
    "elbv2": "GetTrustStoreCaCertificatesBundle GetTrustStoreRevocationContent",
    "emr-serverless": "GetDashboardForJobRun GetSessionEndpoint",
    "frauddetector": "GetEvent GetEventPrediction GetEventPredictionMetadata GetListElements",
    "gamelift": "DescribeFleetEvents DescribePlayerSessions GetComputeAccess GetComputeAuthToken"
    " GetGameSessionLogUrl GetInstanceAccess",
    "geo-maps": "GetGlyphs GetSprites GetStaticMap GetStyleDescriptor GetTile",
    "glacier": "GetJobOutput",
    "glue": "GetColumnStatisticsForPartition GetColumnStatisticsForTable GetConnection GetConnections"
    " GetDashboardUrl GetEntityRecords GetSessionEndpoint GetStatement GetSystemLogsForSession ListStatements",
    "greengrassv2": "GetComponent GetComponentVersionArtifact",
    "groundstation": "GetAgentTaskResponseUrl",
    "guardduty": "ListInvestigationRecords",
    "healthlake": "ListFHIRExportJobs",
    "internetmonitor": "GetQueryResults",
    "iot": "GetCommand GetCommandExecution GetJobDocument GetRegistrationCode GetTopicRuleDestination"
    " ListTopicRuleDestinations",
    "iot-data": "GetRetainedMessage GetThingShadow ListRetainedMessages",
    "iot-managed-integrations": "GetManagedThingState",
    "iotdeviceadvisor": "GetSuiteRunReport",
    "iotsitewise": "BatchGetAssetPropertyAggregates BatchGetAssetPropertyValue"
    " BatchGetAssetPropertyValueHistory GetAssetPropertyAggregates GetAssetPropertyValue"
    " GetAssetPropertyValueHistory GetCaptureData GetInterpolatedAssetPropertyValues GetQueryResults"
    " GetSearchResults",
    "iotthingsgraph": "ListFlowExecutionMessages",
    "iottwinmaker": "GetPropertyValue GetPropertyValueHistory",
    "iotwireless": "GetPosition GetPositionEstimate GetResourcePosition",
    "keyspacesstreams": "GetRecords",
    "kinesis": "GetRecords",
    "kinesis-video-archived-media": "GetClip GetDASHStreamingSessionURL GetHLSStreamingSessionURL GetImages"
    " GetMediaForFragmentList",
    "kinesis-video-media": "GetMedia",
    "kinesis-video-signaling": "GetIceServerConfig",
    "kms": "GetParametersForImport",
    "lakeformation": "GetTableObjects GetTemporaryDataLocationCredentials GetTemporaryGlueFunctionCredentials"
    " GetTemporaryGluePartitionCredentials GetTemporaryGlueTableCredentials GetWorkUnitResults",
    "lambda": "GetDurableExecution GetDurableExecutionHistory GetFunction GetLayerVersion GetLayerVersionByArn",
    "lex-models": "GetExport GetUtterancesView",
    "lex-runtime": "GetSession",
    "lexv2-models": "DescribeBotRecommendation DescribeExport GetTestExecutionArtifactsUrl"
    " ListSessionAnalyticsData ListTestExecutionResultItems ListTestSetRecords ListUtteranceAnalyticsData",
    "lexv2-runtime": "GetSession",
    "license-manager": "GetAccessToken",
    "lightsail": "GetBucketAccessKeys GetContainerLog GetRelationalDatabaseLogEvents",
    "location": "BatchGetDevicePosition GetDevicePosition GetDevicePositionHistory GetGeofence GetMapGlyphs"
    " GetMapSprites GetMapStyleDescriptor GetMapTile ListDevicePositions ListGeofences",
    "logs": "GetLogEvents GetLogObject GetLogRecord GetQueryResults GetScheduledQueryHistory",
    "m2": "GetSignedBluinsightsUrl",
    "mailmanager": "GetAddressListImportJob GetArchiveMessage GetArchiveMessageContent"
    " GetArchiveSearchResults ListAddressListImportJobs ListMembersOfAddressList",
    "mediaconnect": "DescribeFlowSourceThumbnail GetRouterInputThumbnail",
    "mediaconvert": "GetJobsQueryResults",
    "medialive": "DescribeInputDeviceThumbnail DescribeThumbnails",
    "mediastore-data": "GetObject",
    "medical-imaging": "GetImageFrame GetImageSet GetImageSetMetadata",
    "mturk": "GetFileUploadURL ListAssignmentsForHIT",
    "neptunedata": "GetPropertygraphStream GetSparqlStream",
    "notifications": "GetManagedNotificationEvent",
    "omics": "GetReadSet GetReference",
    "opensearchmemory": "BatchGetEvent GetEvent GetMemory ListEvents",
    "payment-cryptography": "GetParametersForExport GetParametersForImport",
    "pca-connector-scep": "GetChallengePassword",
    "personalize-runtime": "GetPersonalizedRanking GetRecommendations",
    "pinpoint": "GetBaiduChannel GetEndpoint GetGcmChannel GetInAppMessages GetUserEndpoints",
    "qapps": "GetQAppSession ListQAppSessionData",
    "qbusiness": "GetDocumentContent GetMedia ListMessages",
    "qconnect": "GetContent GetNextMessage GetSession ListMessages",
    "quicksight": "DescribeAssetBundleExportJob DescribeDashboardSnapshotJobResult GetDashboardEmbedUrl"
    " GetSessionEmbedUrl ListTopicReviewedAnswers",
    "rds": "DescribeDBLogFiles",
    "redshift": "GetIdentityCenterAuthToken",
    "redshift-data": "DescribeStatement GetStatementResult GetStatementResultV2 ListStatements",
    "redshift-serverless": "GetIdentityCenterAuthToken",
    "rekognition": "GetCelebrityRecognition GetContentModeration GetFaceDetection"
    " GetFaceLivenessSessionResults GetFaceSearch GetLabelDetection GetMediaAnalysisJob GetPersonTracking"
    " GetTextDetection ListFaces",
    "route53globalresolver": "GetAccessToken",
    "rum": "GetAppMonitorData",
    "s3": "GetObject GetObjectAnnotation GetObjectTorrent",
    "s3control": "GetDataAccess",
    "s3vectors": "GetVectors ListVectors",
    "sagemaker-featurestore-runtime": "BatchGetRecord GetRecord ListRecords",
    "sagemaker-geospatial": "GetTile",
    "sagemakertrainingsessionruntime": "GetSamplingOperationResult GetTrainingOperationResult",
    "schemas": "GetCodeBindingSource GetDiscoveredSchema",
    "sdb": "GetAttributes",
    "secretsmanager": "BatchGetSecretValue GetRandomPassword GetSecretValue",
    "security-ir": "GetCaseAttachmentDownloadUrl ListComments",
    "securityagent": "GetArtifact ListActorMessages",
    "sesv2": "GetContact GetMessageInsights ListContacts",
    "snowball": "GetJobManifest GetJobUnlockCode",
    "socialmessaging": "GetWhatsAppFlowPreview ListWhatsAppFlowAssets",
    "ssm": "GetAccessToken GetCommandInvocation GetDeployablePatchSnapshotForInstance GetInventory"
    " GetParameter GetParameterHistory GetParameters GetParametersByPath ListCommandInvocations"
    " ListInventoryEntries",
    "sso": "GetRoleCredentials",
    "stepfunctions": "DescribeExecution DescribeMapRun GetExecutionHistory",
    "storagegateway": "DescribeChapCredentials",
    "sts": "GetSessionToken",
    "support": "DescribeAttachment DescribeCommunications GetAttachmentDownloadLink",
    "swf": "GetWorkflowExecutionHistory",
    "taxsettings": "GetTaxRegistrationDocument",
    "textract": "GetDocumentAnalysis GetDocumentTextDetection GetExpenseAnalysis GetLendingAnalysis",
    "transcribe": "GetCallAnalyticsJob GetMedicalScribeJob GetMedicalTranscriptionJob GetTranscriptionJob",
    "waf": "GetSampledRequests",
    "waf-regional": "GetSampledRequests",
    "wafv2": "GetDecryptedAPIKey GetSampledRequests ListAPIKeys",
    "wellarchitected": "GetAgentOrganizationalReportData",
    "wickr": "GetOidcInfo GetOpentdfConfig",
    "wisdom": "GetContent GetSession",
    "workdocs": "DescribeComments GetDocument GetDocumentVersion",
    "workmailmessageflow": "GetRawMessageContent",
    "workspaces": "DescribeConnectionAliases",
    "workspaces-web": "GetTrustStoreCertificate",
    "xray": "BatchGetTraces GetTraceSummaries ListRetrievedTraces",
}
DATA = frozenset(f"{service}:{name}" for service, names in _BY_SERVICE.items() for name in names.split())
"""Each of them, `ebs:GetSnapshotBlock`."""

CODE = frozenset({"codecommit:GetBlob", "codecommit:GetFolder"})
"""Those that one control asks all the same, `codecommit-no-secrets` (decision 40).

What a file holds is taken out before an answer is kept, but for the kind of a secret in it.
"""
